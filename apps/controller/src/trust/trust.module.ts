import { Module } from '@nestjs/common';
import { EstablishTrust } from './establish-trust';
import { Remotes } from './remotes';
import { TrustController } from './trust.controller';

@Module({ controllers: [TrustController], providers: [EstablishTrust, Remotes] })
export class TrustModule {}
