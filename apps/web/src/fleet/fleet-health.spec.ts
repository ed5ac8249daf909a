import type { MacView } from '@fleetclone/contracts';
import { buildMac as buildAnyMac } from '../testkit/build-mac';
import { explainProtection, fleetHealth, matchesFleetFilter, sortByUrgency } from './fleet-health';

/** Told apart by name. */
const buildMac = (overrides: Partial<MacView>): MacView =>
  buildAnyMac({ id: overrides.name ?? 'id', ...overrides });

const fleet = [
  buildMac({ name: 'zeta' }),
  buildMac({ name: 'mac-10' }),
  buildMac({ name: 'mac-9', presence: 'away' }),
  buildMac({ name: 'store', protection: 'no-plan' }),
  buildMac({ name: 'desk', protection: 'no-plan' }),
  buildMac({ name: 'new', protection: 'never' }),
  buildMac({ name: 'old', protection: 'at-risk' }),
];
const destinations = new Set(['store']);

it('counts every Mac once by protection, and those away besides', () => {
  const health = fleetHealth(fleet, destinations);
  expect(health.counts).toEqual({ 'at-risk': 1, never: 1, 'no-plan': 2, protected: 3, away: 1 });
  expect(health.total).toBe(7);
  expect(health.onlyDestinations).toBe(1);
});

it('does not nag about a Mac without a plan that takes the copies of others', () => {
  expect(fleetHealth(fleet, destinations).needsAttention).toBe(3);
  expect(fleetHealth(fleet, new Set()).needsAttention).toBe(4);
});

it('puts problems first, the worst before the others, then by name with numbers in order', () => {
  const names = sortByUrgency(fleet, destinations).map((mac) => mac.name);
  expect(names).toEqual(['old', 'new', 'desk', 'mac-9', 'mac-10', 'store', 'zeta']);
});

it('finds Macs by state and by a part of their name', () => {
  const mac = buildMac({ name: 'Ben’s Air', presence: 'away' });
  expect(matchesFleetFilter(mac, null, ' air ')).toBe(true);
  expect(matchesFleetFilter(mac, 'away', 'host')).toBe(true);
  expect(matchesFleetFilter(mac, 'never', 'air')).toBe(false);
  expect(matchesFleetFilter(mac, null, 'imac')).toBe(false);
});

it('says why a Mac needs somebody', () => {
  const noPlan = buildMac({ protection: 'no-plan' });
  expect(explainProtection(noPlan, false)).toContain('Nothing of it');
  expect(explainProtection(noPlan, true)).toContain('copies of others');
  expect(explainProtection(buildMac({ protection: 'never' }), false)).toBe('No backup has run yet.');
  expect(explainProtection(buildMac({ protection: 'at-risk' }), false)).toContain('too old');
});
