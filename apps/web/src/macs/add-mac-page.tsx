import type { CreatedEnrolmentToken } from '@fleetclone/contracts';
import { useState } from 'react';
import { PageHeader } from '../parts/page';
import { PageTitle } from '../parts/page-title';
import { Notice } from '../parts/notice';
import { usePermissions } from '../session/session-context';
import classes from './add-mac.module.css';
import { EnrolCommand } from './enrol-command';
import { EnrolForm } from './enrol-form';
import { OpenInvitations } from './open-invitations';

/** Add a Mac: make a command, run it there, see the Mac appear. */
export function AddMacPage() {
  const { canChange } = usePermissions();
  const [created, setCreated] = useState<CreatedEnrolmentToken | null>(null);
  return (
    <>
      <PageTitle>Add a Mac</PageTitle>
      <PageHeader
        crumbs={[{ label: 'Fleet', to: '/' }]}
        title="Add a Mac"
        sub="One command on the Mac, once. Nothing has to be opened towards it: its agent calls the controller."
      />
      {canChange ? (
        <div className={classes.page}>
          {created ? (
            <EnrolCommand created={created} onAnother={() => setCreated(null)} />
          ) : (
            <EnrolForm onCreated={setCreated} />
          )}
          <OpenInvitations exceptId={created?.id ?? null} />
        </div>
      ) : (
        <Notice tone="quiet" title="Only admins add Macs">
          Ask an admin of this fleet to add it.
        </Notice>
      )}
    </>
  );
}
