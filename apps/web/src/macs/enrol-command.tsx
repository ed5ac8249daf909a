import type { CreatedEnrolmentToken, MacView } from '@fleetclone/contracts';
import { Button, Loader } from '@mantine/core';
import { IconCircleCheckFilled } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { enrolmentTokensQuery, macsQuery } from '../api/macs';
import { formatPlural } from '../format/quantities';
import { CopyBlock } from '../parts/copy';
import { Section } from '../parts/page';
import { RelativeTime } from '../parts/time';
import classes from './add-mac.module.css';
import { describeProcessor, describeSystem } from './mac-words';

function Joined({ mac }: { readonly mac: MacView }) {
  return (
    <li className={classes.joined}>
      <IconCircleCheckFilled size={22} className={classes.joinedIcon} aria-hidden />
      <div className={classes.joinedWords}>
        <p>
          <strong>{mac.name}</strong> has joined
        </p>
        <p className={classes.quiet}>
          {describeSystem(mac.facts)} · {describeProcessor(mac.facts)}
        </p>
      </div>
      <div className={classes.joinedActions}>
        <Button size="xs" variant="default" component={Link} to={`/macs/${mac.id}`}>
          Look at it
        </Button>
        {mac.facts.sourceRoots.length > 0 && (
          <Button size="xs" component={Link} to={`/plans/new?mac=${mac.id}`}>
            Make a plan
          </Button>
        )}
      </div>
    </li>
  );
}

function Arrivals({ created }: { readonly created: CreatedEnrolmentToken }) {
  const { data: macs } = useQuery(macsQuery);
  const { data: tokens } = useQuery(enrolmentTokensQuery);
  const joined = (macs ?? []).filter((mac) => Date.parse(mac.enrolledAt) >= Date.parse(created.createdAt));
  const usesLeft = tokens?.find(({ id }) => id === created.id)?.usesLeft ?? created.usesLeft - joined.length;
  return (
    <div aria-live="polite">
      <ul className={classes.arrivals}>
        {joined.map((mac) => (
          <Joined key={mac.id} mac={mac} />
        ))}
        {usesLeft > 0 && (
          <li className={classes.waiting}>
            <Loader size={16} aria-hidden />
            {joined.length === 0
              ? 'Waiting for the Mac. It appears here by itself.'
              : `The command works for ${formatPlural(usesLeft, 'more Mac')}.`}
          </li>
        )}
      </ul>
    </div>
  );
}

interface EnrolCommandProps {
  readonly created: CreatedEnrolmentToken;
  readonly onAnother: () => void;
}

/** The command to run on the Mac, and the Macs that have joined with it. */
export function EnrolCommand({ created, onAnother }: EnrolCommandProps) {
  return (
    <>
      <Section
        title="Run this on the Mac"
        aside={
          <>
            for {formatPlural(created.usesLeft, 'Mac')}, expires <RelativeTime at={created.expiresAt} />
          </>
        }
      >
        <CopyBlock text={created.command} label="Copy the command" />
        <p className={classes.note}>
          In Terminal, where the agent is installed. The command holds a secret and is shown only now: once
          you leave this page, make another.
        </p>
      </Section>
      <Section
        flush
        title="Joined"
        aside={
          <Button size="compact-xs" variant="subtle" onClick={onAnother}>
            Make another command
          </Button>
        }
      >
        <Arrivals created={created} />
      </Section>
    </>
  );
}
