import { Button } from '@mantine/core';
import { IconMapQuestion } from '@tabler/icons-react';
import { Link } from 'react-router';
import { Notice } from '../parts/notice';
import { PageTitle } from '../parts/page-title';
import { EmptyState } from '../parts/waiting-states';
import { GateFrame } from '../session/gate-frame';

/** An address that leads nowhere. */
export function NotFoundPage() {
  return (
    <>
      <PageTitle>Not found</PageTitle>
      <EmptyState
        icon={<IconMapQuestion size={24} />}
        title="There is nothing at this address"
        actions={
          <Button component={Link} to="/">
            Go to the fleet
          </Button>
        }
      >
        It may have been removed, or the link is incomplete.
      </EmptyState>
    </>
  );
}

/** A fault of the console itself. */
export function CrashPage() {
  return (
    <GateFrame>
      <PageTitle>Something went wrong</PageTitle>
      <Notice
        tone="bad"
        title="Something went wrong in the console"
        actions={
          <>
            <Button size="xs" variant="default" onClick={() => window.location.reload()}>
              Load the page again
            </Button>
            <Button size="xs" variant="default" component="a" href="/">
              Go to the fleet
            </Button>
          </>
        }
      >
        Backups are not affected: they run without the console.
      </Notice>
    </GateFrame>
  );
}
