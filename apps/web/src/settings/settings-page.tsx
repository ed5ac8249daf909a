import { Button } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { Facts, PageHeader, Section } from '../parts/page';
import { PageTitle } from '../parts/page-title';
import { RelativeTime } from '../parts/time';
import { usePermissions, useSession } from '../session/session-context';
import { useSignOut } from '../session/use-sign-out';
import { ColorSchemeControl } from '../shell/color-scheme';
import { ApiTokens } from './api-tokens';
import { roleWords } from './role-words';
import classes from './settings.module.css';

function Person() {
  const { user, expiresAt } = useSession();
  const signOut = useSignOut();
  return (
    <Section
      title="You"
      aside={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconLogout size={14} />}
          loading={signOut.isPending}
          onClick={() => signOut.mutate()}
        >
          Sign out
        </Button>
      }
    >
      <Facts
        rows={[
          ['Name', user.name],
          ['E-mail', user.email],
          ['Role', `${roleWords[user.role].label}: ${roleWords[user.role].may}`],
          [
            'Session',
            <span key="session">
              ends <RelativeTime at={expiresAt} />
            </span>,
          ],
        ]}
      />
    </Section>
  );
}

/** Who is signed in, how the console looks, and the tokens of scripts. */
export function SettingsPage() {
  const { canChange } = usePermissions();
  return (
    <>
      <PageTitle>Settings</PageTitle>
      <PageHeader title="Settings" />
      <div className={classes.page}>
        <Person />
        <Section title="Appearance">
          <div className={classes.appearance}>
            <ColorSchemeControl />
            <span className={classes.quiet}>Kept in this browser.</span>
          </div>
        </Section>
        {canChange && <ApiTokens />}
      </div>
    </>
  );
}
