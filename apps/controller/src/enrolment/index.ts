export { EnrolmentModule } from './enrolment.module';
