import type { Protection, RunState } from '@fleetclone/contracts';

/** A good backup older than this no longer protects; plans will state their own objective. */
const freshForMs = 7 * 86_400_000;

export interface PlanStanding {
  readonly lastSuccessAt: Date | null;
  /** State of the newest run, ended or not. */
  readonly lastRunState: RunState | null;
}

/** A Mac is as well protected as its worst plan. */
export function protectionOf(plans: readonly PlanStanding[], now: Date): Protection {
  if (plans.length === 0) return 'no-plan';
  if (plans.some((plan) => plan.lastSuccessAt === null)) return 'never';
  const isAtRisk = plans.some(
    ({ lastSuccessAt, lastRunState }) =>
      lastRunState === 'failed' ||
      lastRunState === 'partial' ||
      now.getTime() - (lastSuccessAt?.getTime() ?? 0) > freshForMs,
  );
  return isAtRisk ? 'at-risk' : 'protected';
}
