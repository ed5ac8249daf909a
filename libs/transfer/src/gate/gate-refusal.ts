import type { TransferCause } from '../cause';
import { CAUSES } from '../rsync/causes';

/**
 * Names the cause when the remote's gate refused (`fc-gate: <reason>` on stderr), or null when it did not speak.
 * The same lines come from its verbs and from a transfer through it.
 */
export function classifyGateRefusal(stderr: string): TransferCause | null {
  const reason = /^fc-gate: ([^\r\n]*)/m.exec(stderr)?.[1]?.trim();
  if (reason === undefined) return null;
  return RULES.find(({ starts }) => reason.startsWith(starts))?.cause ?? unusable(reason);
}

const RULES: readonly { readonly starts: string; readonly cause: TransferCause }[] = [
  {
    starts: 'denied',
    cause: {
      code: 'GATE.DENIED',
      layer: 'gate',
      side: 'remote',
      retryable: false,
      message:
        "The remote's gate refused the request: this credential does not reach that folder. Authorise the credential for it.",
    },
  },
  {
    starts: 'no such root',
    cause: {
      code: 'GATE.NO_SUCH_ROOT',
      layer: 'volume',
      side: 'remote',
      retryable: true,
      message:
        'The destination folder is not there. Its disk is probably not attached to the remote; nothing was written in its place.',
    },
  },
  {
    starts: 'superseded',
    cause: {
      code: 'GATE.SUPERSEDED',
      layer: 'gate',
      side: 'remote',
      retryable: false,
      message: 'A later attempt at this plan has taken over at the remote, so this one was stopped there.',
    },
  },
  {
    starts: 'not begun',
    cause: {
      code: 'GATE.NOT_BEGUN',
      layer: 'gate',
      side: 'remote',
      retryable: true,
      message:
        'The remote knows nothing of this attempt any more: its state in the plan folder was deleted, or another disk took the place of the first. Look at that disk; the next run begins anew.',
    },
  },
  // The same ends as when rsync meets them later, so they have the same names.
  { starts: 'no space left at the destination', cause: CAUSES.DISK_FULL },
  { starts: 'quota used up at the destination', cause: CAUSES.QUOTA_EXCEEDED },
  { starts: 'disk is read-only at the destination', cause: CAUSES.READ_ONLY_VOLUME },
  {
    starts: 'no space left for the gate',
    cause: {
      code: 'GATE.DISK_FULL',
      layer: 'volume',
      side: 'remote',
      retryable: false,
      message:
        "The disk that holds the gate's own files on the remote, usually its system disk, is full. Free space there.",
    },
  },
  {
    starts: 'no rsync here',
    cause: {
      code: 'GATE.NO_RSYNC',
      layer: 'tool',
      side: 'remote',
      retryable: false,
      message: 'There is no rsync on the remote that the gate can use. Install rsync 3.2.7 or later there.',
    },
  },
  {
    starts: 'an older transfer will not stop',
    cause: {
      code: 'GATE.BUSY',
      layer: 'gate',
      side: 'remote',
      retryable: true,
      message:
        "An earlier transfer into this plan's folder is stuck on the remote, probably at a disk that does not answer.",
    },
  },
  {
    starts: 'a snapshot of this plan is being made or published',
    cause: {
      code: 'GATE.BUSY',
      layer: 'gate',
      side: 'remote',
      retryable: true,
      message:
        'The remote is still making or publishing a snapshot of this plan, for a request whose connection was probably lost.',
    },
  },
  {
    starts: 'no such snapshot',
    cause: {
      code: 'GATE.NO_SUCH_SNAPSHOT',
      layer: 'volume',
      side: 'remote',
      retryable: false,
      message:
        'The snapshot that this one was to build on is not there any more. Somebody has probably deleted it at the destination.',
    },
  },
  {
    starts: 'nothing to publish',
    cause: {
      code: 'GATE.NOTHING_TO_PUBLISH',
      layer: 'volume',
      side: 'remote',
      retryable: true,
      message:
        'The unpublished snapshot is not there any more. Somebody has probably deleted it at the destination; the next try makes it anew.',
    },
  },
  {
    starts: "the snapshot's name is taken",
    cause: {
      code: 'GATE.SNAPSHOT_EXISTS',
      layer: 'volume',
      side: 'remote',
      retryable: false,
      message:
        'There is a snapshot of that name at the destination already, and it was left as it is. The clocks of the Macs may be wrong.',
    },
  },
  {
    starts: 'no such source',
    cause: {
      code: 'GATE.NO_SUCH_SOURCE',
      layer: 'volume',
      side: 'remote',
      retryable: true,
      message:
        'What was to be read from the remote is not there, or is no folder and no file. Its disk may not be attached.',
    },
  },
  {
    starts: 'bad plan document',
    cause: {
      code: 'GATE.BAD_PLAN',
      layer: 'agent',
      side: 'source',
      retryable: false,
      message:
        "The remote's gate did not accept the description of the plan. The two Macs' versions may not fit together.",
    },
  },
];

function unusable(reason: string): TransferCause {
  return {
    code: 'GATE.UNUSABLE',
    layer: 'gate',
    side: 'remote',
    retryable: true,
    message: `The remote's gate could not work (${reason.replace(/[^ -~]/g, '?').slice(0, 200)}). Check the destination folder and its disk.`,
  };
}
