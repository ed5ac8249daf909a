import { z } from 'zod';

/** What a run does. Only `backup` can be submitted so far. */
export const RunKind = z.enum(['backup']);
export type RunKind = z.infer<typeof RunKind>;

export const finalRunStates = [
  'succeeded',
  'partial',
  'failed',
  'cancelled',
  'not-ready',
  'expired',
] as const;

/** The life of a run: `queued → dispatched → accepted → preflight → transferring → verifying → publishing → <end>`. */
export const RunState = z.enum([
  'queued',
  'dispatched',
  'accepted',
  'preflight',
  'transferring',
  'verifying',
  'publishing',
  'held',
  ...finalRunStates,
]);
export type RunState = z.infer<typeof RunState>;

export const FinalRunState = z.enum(finalRunStates);
export type FinalRunState = z.infer<typeof FinalRunState>;

/** True for the states that a run never leaves. */
export function isFinalRunState(state: RunState): state is FinalRunState {
  return (finalRunStates as readonly RunState[]).includes(state);
}
