export { AuthGuard } from './auth.guard';
export { PeopleModule } from './people.module';
export { SetupCode } from './setup-code';
export { SignIn } from './sign-in';
