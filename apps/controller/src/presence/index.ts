export { heartbeatEveryMs, Presence } from './presence';
export { PresenceModule } from './presence.module';
