import type { PlanView, TrustState } from '@fleetclone/contracts';
import type { Tone } from '../parts/tone';
import { asSentence } from '../runs/run-words';

/** The state of the trust between a plan's Mac and its remote, in a word or two. */
export const trustWords = {
  creating: { label: 'Making the key', tone: 'busy' },
  authorising: { label: 'Waiting to be let in', tone: 'busy' },
  authorised: { label: 'Trusted', tone: 'ok' },
  refused: { label: 'Not let in', tone: 'bad' },
} as const satisfies Record<TrustState, { label: string; tone: Tone }>;

/** What that state means for a plan, and what it waits for. */
export function explainTrust(
  plan: Pick<PlanView, 'trust' | 'mac' | 'remote'>,
  problem: string | null,
): string {
  switch (plan.trust) {
    case 'creating':
      return `${plan.mac.name} is making its key. That happens by itself as soon as it is online.`;
    case 'authorising':
      return `${plan.remote.name} has yet to let in the key of ${plan.mac.name}. That happens by itself as soon as it is online.`;
    case 'authorised':
      return `${plan.remote.name} lets in the key of ${plan.mac.name}, for this plan’s folder only.`;
    case 'refused':
      return asSentence(problem ?? `Its agent gave no reason`);
  }
}
