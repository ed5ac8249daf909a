import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { macsQuery } from '../api/macs';
import { remotesQuery } from '../api/plans';
import { fleetHealth, type FleetHealth } from '../fleet/fleet-health';
import { useCutOff } from '../live/use-cut-off';
import { titlePrefix } from '../parts/page-title';

/** The ids of Macs that take copies of others. */
export function useDestinations(): ReadonlySet<string> {
  const { data } = useQuery(remotesQuery);
  return useMemo(() => new Set(data?.map((remote) => remote.macId)), [data]);
}

/** The fleet in numbers, or null while it is not known. */
export function useFleetHealth(): FleetHealth | null {
  const { data } = useQuery(macsQuery);
  const destinations = useDestinations();
  return useMemo(() => (data ? fleetHealth(data, destinations) : null), [data, destinations]);
}

type Icon = 'ok' | 'attention' | 'busy' | 'offline' | 'quiet';

function iconFor(health: FleetHealth | null, isCutOff: boolean): Icon {
  if (isCutOff) return 'offline';
  if (!health || health.total === 0) return 'quiet';
  if (health.needsAttention > 0) return 'attention';
  return health.running > 0 ? 'busy' : 'ok';
}

/** Lets the tab tell how the fleet is: its icon, and a count before its title. */
export function useTabStatus(health: FleetHealth | null): void {
  const icon = iconFor(health, useCutOff() !== 'no');
  const attention = health?.needsAttention ?? 0;
  useEffect(() => {
    document.querySelector('link[rel="icon"]')?.setAttribute('href', `/favicon-${icon}.svg`);
    return () => document.querySelector('link[rel="icon"]')?.setAttribute('href', '/favicon-quiet.svg');
  }, [icon]);
  useEffect(() => {
    titlePrefix.set(attention > 0 ? `(${attention}) ` : '');
    return () => titlePrefix.set('');
  }, [attention]);
}
