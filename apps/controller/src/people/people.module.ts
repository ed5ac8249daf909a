import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiTokensController } from './api-tokens.controller';
import { AuthGuard } from './auth.guard';
import { Authenticate } from './authenticate';
import { SetupCode } from './setup-code';
import { SignIn } from './sign-in';
import { SignInController } from './sign-in.controller';

@Module({
  controllers: [SignInController, ApiTokensController],
  providers: [Authenticate, SignIn, SetupCode, { provide: APP_GUARD, useClass: AuthGuard }],
  exports: [SignIn, SetupCode],
})
export class PeopleModule {}
