import type { MacView, Protection } from '@fleetclone/contracts';
import { describeWaiting, firstSentence } from '../runs/run-words';

/** What the summary counts; `away` cuts across the others. */
export const fleetFilters = ['at-risk', 'never', 'no-plan', 'protected', 'away'] as const;
export type FleetFilter = (typeof fleetFilters)[number];

/** The fleet in numbers. */
export interface FleetHealth {
  readonly total: number;
  readonly counts: Readonly<Record<FleetFilter, number>>;
  /** Macs that somebody should look at. */
  readonly needsAttention: number;
  readonly running: number;
  /** Macs without a plan of their own that take the copies of others: as they should be. */
  readonly onlyDestinations: number;
}

const urgency: Record<Protection, number> = { 'at-risk': 0, never: 1, 'no-plan': 2, protected: 3 };

/**
 * Whether somebody should look at a Mac. One without a plan that takes the copies of others is as it should be: backup Macs
 * would else nag for ever.
 */
export function needsAttention(mac: MacView, destinations: ReadonlySet<string>): boolean {
  if (mac.protection === 'no-plan') return !destinations.has(mac.id);
  return mac.protection !== 'protected';
}

/** The fleet in numbers; `destinations` are the ids of Macs that take copies. */
export function fleetHealth(macs: readonly MacView[], destinations: ReadonlySet<string>): FleetHealth {
  const count = (test: (mac: MacView) => boolean): number => macs.filter(test).length;
  return {
    total: macs.length,
    counts: {
      'at-risk': count((mac) => mac.protection === 'at-risk'),
      never: count((mac) => mac.protection === 'never'),
      'no-plan': count((mac) => mac.protection === 'no-plan'),
      protected: count((mac) => mac.protection === 'protected'),
      away: count((mac) => mac.presence === 'away'),
    },
    needsAttention: count((mac) => needsAttention(mac, destinations)),
    onlyDestinations: count((mac) => mac.protection === 'no-plan' && destinations.has(mac.id)),
    running: count((mac) => mac.activeRun !== null && mac.activeRun.state !== 'queued'),
  };
}

/** Problems first, the worst before the others, then by name. */
export function sortByUrgency(macs: readonly MacView[], destinations: ReadonlySet<string>): MacView[] {
  const rank = (mac: MacView): number => (needsAttention(mac, destinations) ? urgency[mac.protection] : 9);
  return [...macs].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en', { numeric: true }));
}

/** True when a Mac is among those asked for, by state and by a part of its name. */
export function matchesFleetFilter(mac: MacView, filter: FleetFilter | null, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  const isNamed = [mac.name, mac.facts.hostName].some((name) => name.toLowerCase().includes(wanted));
  if (!isNamed || filter === null) return isNamed;
  return filter === 'away' ? mac.presence === 'away' : mac.protection === filter;
}

/** Why a Mac is as it is, in one sentence. */
export function explainProtection(mac: MacView, isDestination: boolean): string {
  const { lastRun, protection } = mac;
  if (protection === 'no-plan') {
    return isDestination
      ? 'Takes the copies of others; has no plan of its own.'
      : 'Nothing of it is backed up.';
  }
  if (lastRun?.waitingFor) return describeWaiting(lastRun);
  const hasFailed = lastRun !== null && ['failed', 'partial', 'not-ready', 'expired'].includes(lastRun.state);
  if (hasFailed && lastRun.outcome?.message) return firstSentence(lastRun.outcome.message);
  if (protection === 'never') {
    if (mac.lastSuccessAt !== null) return 'One of its plans has no good backup yet.';
    return lastRun ? 'No run has succeeded yet.' : 'No backup has run yet.';
  }
  // With several plans the run at fault need not be the last one.
  if (protection === 'at-risk') return 'The last run of a plan failed, or its last good backup is too old.';
  return '';
}
