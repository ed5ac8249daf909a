/** What pruning looks at. */
export interface PruneCandidate {
  readonly isSettled: boolean;
  readonly endedAt: Date | undefined;
}

export interface PruneLimits {
  readonly maxAgeMs: number;
  readonly maxCount: number;
}

/** Settled attempts last a week, and at most 200 of them. */
export const pruneLimits: PruneLimits = { maxAgeMs: 7 * 86_400_000, maxCount: 200 };

/** Which attempts may be forgotten: ended, fully acknowledged, and too old or too many. The newest ones stay. */
export function selectPrunable<Candidate extends PruneCandidate>(
  candidates: readonly Candidate[],
  now: Date,
  limits: PruneLimits = pruneLimits,
): Candidate[] {
  const endTime = (candidate: Candidate): number => candidate.endedAt?.getTime() ?? 0;
  return candidates
    .filter((candidate) => candidate.isSettled)
    .sort((one, other) => endTime(other) - endTime(one))
    .filter(
      (candidate, rank) => rank >= limits.maxCount || now.getTime() - endTime(candidate) > limits.maxAgeMs,
    );
}
