export { MacsModule } from './macs.module';
