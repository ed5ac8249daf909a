import { CreateApiToken, type CreatedApiToken, Role } from '@fleetclone/contracts';
import { Button, Group, Modal, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldErrorsOf } from '../api/errors';
import { apiTokensQuery, createApiToken } from '../api/tokens';
import { CopyBlock } from '../parts/copy';
import { ErrorNotice } from '../parts/error-notice';
import { RelativeTime } from '../parts/time';
import { roleWords } from './role-words';
import classes from './settings.module.css';

const roleChoices = Role.options.map((role) => ({
  value: role,
  label: `${roleWords[role].label}: ${roleWords[role].may}`,
}));
const validity = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: '730', label: '2 years' },
];

function TokenForm({ onCreated }: { readonly onCreated: (token: CreatedApiToken) => void }) {
  const client = useQueryClient();
  const form = useForm<{ name: string; role: Role; expiresInDays: string }>({
    initialValues: { name: '', role: 'operator', expiresInDays: '90' },
    validate: {
      name: (value) =>
        CreateApiToken.shape.name.safeParse(value).success
          ? null
          : 'Say what it is for, in at most 120 characters',
    },
  });
  const mutation = useMutation({
    mutationFn: createApiToken,
    onSuccess: (token) => {
      void client.invalidateQueries({ queryKey: apiTokensQuery.queryKey });
      onCreated(token);
    },
    onError: (error) => form.setErrors(fieldErrorsOf(error)),
  });
  const submit = form.onSubmit((values) =>
    mutation.mutate({ ...values, name: values.name.trim(), expiresInDays: Number(values.expiresInDays) }),
  );
  return (
    <form onSubmit={submit} className={classes.form} noValidate>
      <ErrorNotice error={mutation.error} />
      <TextInput
        label="What it is for"
        placeholder="For example: nightly script"
        data-autofocus
        {...form.getInputProps('name')}
      />
      <Select label="May" data={roleChoices} allowDeselect={false} {...form.getInputProps('role')} />
      <Select
        label="Works for"
        data={validity}
        allowDeselect={false}
        {...form.getInputProps('expiresInDays')}
      />
      <Group justify="flex-end" mt="xs">
        <Button type="submit" loading={mutation.isPending}>
          Make the token
        </Button>
      </Group>
    </form>
  );
}

function TokenOnce({ token, onClose }: { readonly token: CreatedApiToken; readonly onClose: () => void }) {
  return (
    <div className={classes.form}>
      <p>Copy it now. It is shown this once; the controller keeps only a hash of it.</p>
      <CopyBlock text={token.token} label="Copy the token" />
      <p className={classes.quiet}>
        Send it as <code>Authorization: Bearer …</code>. It expires <RelativeTime at={token.expiresAt} />.
      </p>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          I have copied it
        </Button>
      </Group>
    </div>
  );
}

interface NewApiTokenProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Makes an API token and shows it once. */
export function NewApiToken({ isOpen, onClose }: NewApiTokenProps) {
  const [created, setCreated] = useState<CreatedApiToken | null>(null);
  const close = (): void => {
    setCreated(null);
    onClose();
  };
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={created ? `Token for ${created.name}` : 'New API token'}
      centered
      closeOnClickOutside={created === null}
    >
      {created ? <TokenOnce token={created} onClose={close} /> : <TokenForm onCreated={setCreated} />}
    </Modal>
  );
}
