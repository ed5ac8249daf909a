import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { SetupRequest } from '@fleetclone/contracts';
import { IconCircleCheckFilled, IconCircleDashed } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Navigate } from 'react-router';
import { fieldErrorsOf } from '../api/errors';
import { sessionQuery, setUp, setupQuery } from '../api/session';
import { ErrorNotice } from '../parts/error-notice';
import { PageTitle } from '../parts/page-title';
import classes from './gate.module.css';
import { GateFrame, GateTrouble } from './gate-frame';

const shortestPassword = 12;

function PasswordRule({ length }: { readonly length: number }) {
  const isMet = length >= shortestPassword;
  const Icon = isMet ? IconCircleCheckFilled : IconCircleDashed;
  return (
    <span className={classes.rule} data-met={isMet || undefined}>
      <Icon size={15} aria-hidden />
      At least {shortestPassword} characters
      {length > 0 && !isMet ? `, ${shortestPassword - length} to go` : ''}. A few unrelated words are fine.
    </span>
  );
}

const validate = {
  code: (value: string) => (value.trim() === '' ? 'Write the code from the controller’s terminal' : null),
  name: (value: string) =>
    SetupRequest.shape.name.safeParse(value).success ? null : 'Write your name, at most 120 characters',
  email: (value: string) =>
    SetupRequest.shape.email.safeParse(value.trim()).success
      ? null
      : 'Write an e-mail address, such as ann@example.org',
  password: (value: string) =>
    SetupRequest.shape.password.safeParse(value).success ? null : 'Choose a password of 12 to 256 characters',
};

function SetUpForm() {
  const client = useQueryClient();
  const form = useForm({ initialValues: { code: '', name: '', email: '', password: '' }, validate });
  const mutation = useMutation({
    mutationFn: setUp,
    onSuccess: (session) => {
      client.setQueryData(setupQuery.queryKey, { isSetUp: true });
      client.setQueryData(sessionQuery.queryKey, session);
    },
    onError: (error) => form.setErrors(fieldErrorsOf(error)),
  });
  const submit = form.onSubmit((values) =>
    mutation.mutate({ ...values, code: values.code.trim(), email: values.email.trim() }),
  );
  return (
    <form onSubmit={submit} className={classes.form} noValidate>
      <ErrorNotice error={mutation.error} />
      <TextInput
        label="Set-up code"
        description="In the terminal where the controller was started, after “First start”. Each start makes a new one."
        placeholder="XXXX-XXXX-XXXX-XXXX"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        autoFocus
        {...form.getInputProps('code')}
      />
      <TextInput label="Your name" autoComplete="name" {...form.getInputProps('name')} />
      <TextInput label="E-mail" type="email" autoComplete="username" {...form.getInputProps('email')} />
      <PasswordInput
        label="Password"
        autoComplete="new-password"
        description={<PasswordRule length={form.values.password.length} />}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        {...form.getInputProps('password')}
      />
      <Button type="submit" loading={mutation.isPending} mt={4}>
        Set up Fleetclone
      </Button>
    </form>
  );
}

/** The first start: make the first admin. */
export function SetUpPage() {
  const setup = useQuery({
    ...setupQuery,
    refetchInterval: ({ state }) => (state.status === 'error' ? 3000 : false),
  });
  if (setup.data?.isSetUp) return <Navigate to="/" replace />;
  if (setup.error && !setup.data) return <GateTrouble error={setup.error} />;
  return (
    <GateFrame>
      <PageTitle>Set up</PageTitle>
      <h1>Welcome</h1>
      <p className={classes.lead}>Make the first admin of this fleet. It takes a minute and happens once.</p>
      <SetUpForm />
    </GateFrame>
  );
}
