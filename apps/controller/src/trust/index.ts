export { ensureCredential } from './establish-trust';
export { TrustModule } from './trust.module';
