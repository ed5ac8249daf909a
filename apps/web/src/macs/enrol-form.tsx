import { type CreatedEnrolmentToken, CreateEnrolmentToken } from '@fleetclone/contracts';
import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { fieldErrorsOf } from '../api/errors';
import { createEnrolmentToken, enrolmentTokensQuery } from '../api/macs';
import { ErrorNotice } from '../parts/error-notice';
import { Section } from '../parts/page';
import classes from './add-mac.module.css';

const validity = [
  { value: '1', label: '1 hour' },
  { value: '24', label: '1 day' },
  { value: '168', label: '1 week' },
  { value: '720', label: '30 days' },
];

const { name: Name, uses: Uses } = CreateEnrolmentToken.shape;

function useEnrolForm() {
  return useForm<{ name: string; uses: number | string; expiresInHours: string }>({
    initialValues: { name: '', uses: 1, expiresInHours: '24' },
    validate: {
      name: (value) =>
        value.trim() === '' || Name.safeParse(value).success ? null : 'At most 120 characters, on one line',
      uses: (value) => (Uses.safeParse(value).success ? null : 'A whole number from 1 to 10,000'),
    },
  });
}

/** For how many Macs, and for how long, the command is to work. */
export function EnrolForm({ onCreated }: { readonly onCreated: (created: CreatedEnrolmentToken) => void }) {
  const client = useQueryClient();
  const form = useEnrolForm();
  const mutation = useMutation({
    mutationFn: createEnrolmentToken,
    onSuccess: (created) => {
      void client.invalidateQueries({ queryKey: enrolmentTokensQuery.queryKey });
      onCreated(created);
    },
    onError: (error) => form.setErrors(fieldErrorsOf(error)),
  });
  const submit = form.onSubmit(({ name, uses, expiresInHours }) =>
    mutation.mutate({
      name: name.trim() || (Number(uses) === 1 ? 'One Mac' : `${uses} Macs`),
      uses: Number(uses),
      expiresInHours: Number(expiresInHours),
    }),
  );
  return (
    <Section title="Make the command">
      <form onSubmit={submit} className={classes.form} noValidate>
        <ErrorNotice error={mutation.error} />
        <div className={classes.fields}>
          <NumberInput
            label="For how many Macs"
            min={1}
            max={10_000}
            allowDecimal={false}
            {...form.getInputProps('uses')}
          />
          <Select
            label="Works for"
            data={validity}
            allowDeselect={false}
            {...form.getInputProps('expiresInHours')}
          />
          <TextInput
            label="Note"
            placeholder="For example: Design department"
            {...form.getInputProps('name')}
          />
        </div>
        <div>
          <Button type="submit" loading={mutation.isPending}>
            Make the command
          </Button>
        </div>
      </form>
    </Section>
  );
}
