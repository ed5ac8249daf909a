import type { MacView } from '@fleetclone/contracts';

type MacOverrides = Partial<Omit<MacView, 'facts'>> & { readonly facts?: Partial<MacView['facts']> };

/** A Mac as the controller shows it: protected, online, without plans of others. */
export function buildMac({ facts, ...overrides }: MacOverrides = {}): MacView {
  return {
    id: 'id',
    name: 'mac',
    slug: 'mac',
    facts: {
      platform: 'darwin',
      osVersion: '15.1',
      architecture: 'arm64',
      hostName: 'host.local',
      agentVersion: '0.1.0',
      rsyncVersion: '3.5.0',
      ssh: null,
      sourceRoots: [],
      destinationRoots: [],
      ...facts,
    },
    presence: 'online',
    lastSeenAt: null,
    enrolledAt: '2025-11-01T10:00:00Z',
    protection: 'protected',
    lastSuccessAt: null,
    activeRun: null,
    lastRun: null,
    ...overrides,
  };
}
