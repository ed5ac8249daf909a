import type { CaseId } from './chapters';
import type { LinkId } from './links';

interface TargetBase {
  readonly caseId: CaseId;
  readonly link: LinkId;
  readonly contender: string;
  readonly what: string;
  /** The value has to be at most this. */
  readonly most: number;
}

/** What the engine has to reach. A `ratio` is of median times to those of `against` in the same run. */
export type Target = TargetBase &
  (
    | { readonly measure: 'ratio'; readonly against: string }
    | { readonly measure: 'wire-bytes' | 'before-first-byte-ms' | 'agent-peak-bytes' }
  );

const OURS = 'fleetclone';

export const TARGETS: readonly Target[] = [
  ratio('small-unchanged', 'loopback', 0.45),
  ratio('small-unchanged', '20ms', 0.25),
  ratio('small-unchanged', '100ms', 0.12),
  ratio('small-changed', 'loopback', 0.8),
  ratio('small-changed', '20ms', 0.45),
  ratio('small-changed', '100ms', 0.25),
  ...(['loopback', '20ms', '100ms'] as const).flatMap((link) =>
    (['small-unchanged', 'small-changed'] as const).map((caseId) =>
      ratio(caseId, link, 0.5, 'fleetclone-snapshots', 'rsync-link-dest'),
    ),
  ),
  ratio('small-full', 'loopback', 1.03),
  ratio('small-full', '20ms-12.5MB', 0.42),
  ratio('small-full', '100ms', 0.6),
  ratio('several-full', '100ms', 0.38),
  ratio('text-full', '10MB', 0.2),
  ratio('noise-full', '10MB', 1.03),
  {
    ...ratio('large-full', 'loopback', 1 / 0.95, OURS, 'pipe'),
    what: 'large files at 0.95 of the speed of a plain pipe or more',
  },
  measured('small-unchanged', '20ms', 'wire-bytes', 10_000, 'bytes on the wire, the busier way'),
  measured('small-unchanged', '100ms', 'wire-bytes', 10_000, 'bytes on the wire, the busier way'),
  measured(
    'large-full',
    'loopback',
    'before-first-byte-ms',
    150,
    'milliseconds before the first byte, beyond the login',
  ),
  measured('small-full', 'loopback', 'agent-peak-bytes', 150_000_000, 'memory of the agent itself'),
  measured('small-unchanged', 'loopback', 'agent-peak-bytes', 150_000_000, 'memory of the agent itself'),
  measured('small-changed', 'loopback', 'agent-peak-bytes', 150_000_000, 'memory of the agent itself'),
];

/** No case may be slower than this in comparison with what it is compared with, whatever else is asked of it. */
export const MOST_ANYWHERE = 1.05;

/** Targets for small files are meant for this many. */
export const SMALL_FILES_MEANT = 100_000;

function ratio(caseId: CaseId, link: LinkId, most: number, contender = OURS, against = 'rsync'): Target {
  return { caseId, link, contender, against, measure: 'ratio', most, what: `time in that of ${against}` };
}

function measured(
  caseId: CaseId,
  link: LinkId,
  measure: Exclude<Target['measure'], 'ratio'>,
  most: number,
  what: string,
): Target {
  return { caseId, link, contender: OURS, measure, most, what };
}
