import type { RunOutcome } from '@fleetclone/contracts';

type OutcomeParts = Pick<RunOutcome, 'code' | 'layer' | 'side' | 'message'> & Partial<RunOutcome>;

/** An outcome without file errors, not worth retrying unless said. */
export function outcome(parts: OutcomeParts): RunOutcome {
  return { retryable: false, fileErrors: [], fileErrorCount: 0, ...parts };
}

export const cancelledOutcome = outcome({
  code: 'RUN.CANCELLED',
  layer: null,
  side: null,
  message: 'The run was cancelled. What the destination held before is untouched.',
});

export const supersededOutcome = outcome({
  code: 'RUN.SUPERSEDED',
  layer: 'agent',
  side: 'source',
  message: 'A newer attempt at this run took over.',
});

export function notAllowedOutcome(reason: string): RunOutcome {
  return outcome({
    code: 'ORDER.SOURCE_NOT_ALLOWED',
    layer: 'agent',
    side: 'source',
    message: `This Mac's own settings do not allow it: ${reason}. Choose another folder, or allow it on this Mac with --allow-source.`,
  });
}

export const agentFailedOutcome = outcome({
  code: 'AGENT.FAILED',
  layer: 'agent',
  side: 'source',
  retryable: true,
  message:
    'The agent on the source Mac failed in a way that it does not understand. The log of the run says more.',
});
