import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { SignInRequest } from '@fleetclone/contracts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Navigate, useSearchParams } from 'react-router';
import { sessionQuery, setupQuery, signIn } from '../api/session';
import { ErrorNotice } from '../parts/error-notice';
import { PageTitle } from '../parts/page-title';
import classes from './gate.module.css';
import { GateFrame, GateTrouble } from './gate-frame';
import { safeReturnPath } from './return-path';

function SignInForm() {
  const client = useQueryClient();
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) =>
        SignInRequest.shape.email.safeParse(value.trim()).success ? null : 'Write your e-mail address',
      password: (value) => (value === '' ? 'Write your password' : null),
    },
  });
  const mutation = useMutation({
    mutationFn: signIn,
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  });
  const submit = form.onSubmit(({ email, password }) => mutation.mutate({ email: email.trim(), password }));
  return (
    <form onSubmit={submit} className={classes.form} noValidate>
      <ErrorNotice error={mutation.error} />
      <TextInput
        label="E-mail"
        type="email"
        autoComplete="username"
        autoFocus
        {...form.getInputProps('email')}
      />
      <PasswordInput label="Password" autoComplete="current-password" {...form.getInputProps('password')} />
      <Button type="submit" loading={mutation.isPending} mt={4}>
        Sign in
      </Button>
    </form>
  );
}

/** Sign in, then go back to where one was. */
export function SignInPage() {
  const [search] = useSearchParams();
  const session = useQuery(sessionQuery);
  const setup = useQuery({
    ...setupQuery,
    refetchInterval: ({ state }) => (state.status === 'error' ? 3000 : false),
  });
  if (session.data) return <Navigate to={safeReturnPath(search.get('next'))} replace />;
  if (setup.data?.isSetUp === false) return <Navigate to="/setup" replace />;
  if (setup.error && !setup.data) return <GateTrouble error={setup.error} />;
  return (
    <GateFrame>
      <PageTitle>Sign in</PageTitle>
      <h1>Sign in</h1>
      <p className={classes.lead}>to the console of your fleet</p>
      <SignInForm />
      <p className={classes.hint}>No account, or the password is lost? Ask whoever set up Fleetclone here.</p>
    </GateFrame>
  );
}
