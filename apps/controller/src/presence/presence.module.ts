import { Module } from '@nestjs/common';
import { Presence } from './presence';

@Module({ providers: [Presence], exports: [Presence] })
export class PresenceModule {}
