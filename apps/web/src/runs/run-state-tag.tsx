import type { RunView } from '@fleetclone/contracts';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconPlugConnectedX,
  IconProgressDown,
} from '@tabler/icons-react';
import { Tag } from '../parts/tag';
import type { Tone } from '../parts/tone';
import { runStateWords } from './run-words';

const icons: Record<Tone, typeof IconClock> = {
  ok: IconCircleCheck,
  warn: IconAlertTriangle,
  bad: IconCircleX,
  busy: IconProgressDown,
  quiet: IconClock,
};

type RunStanding = Pick<RunView, 'state' | 'isDisconnected' | 'cancelRequestedAt' | 'finishedAt'>;

/** A run's state, also when it is being cancelled or its Mac is out of reach. */
export function RunStateTag({ run }: { readonly run: RunStanding }) {
  const { label, tone } = runStateWords[run.state];
  if (run.finishedAt === null && run.cancelRequestedAt !== null) {
    return (
      <Tag tone="quiet" icon={<IconClock size={14} aria-hidden />}>
        Cancelling
      </Tag>
    );
  }
  if (run.isDisconnected) {
    return (
      <Tag tone="warn" icon={<IconPlugConnectedX size={14} aria-hidden />}>
        Disconnected
      </Tag>
    );
  }
  const Icon = run.state === 'cancelled' ? IconCircleX : icons[tone];
  return (
    <Tag tone={tone} icon={<Icon size={14} aria-hidden />}>
      {label}
    </Tag>
  );
}
