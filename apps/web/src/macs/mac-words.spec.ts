import type { MacFacts } from '@fleetclone/contracts';
import { describeAddress, describeProcessor, describeSystem } from './mac-words';

const facts = (overrides: Partial<MacFacts>): MacFacts => ({
  platform: 'darwin',
  osVersion: '15.1',
  architecture: 'arm64',
  hostName: 'a',
  agentVersion: '1',
  rsyncVersion: null,
  ssh: null,
  sourceRoots: [],
  destinationRoots: [],
  ...overrides,
});

it.each([
  [{ osVersion: '15.1' }, 'macOS 15.1'],
  [{ osVersion: 'macOS 15.1' }, 'macOS 15.1'],
  [{ platform: 'linux', osVersion: 'Debian GNU/Linux 12 (bookworm)' }, 'Debian GNU/Linux 12'],
  [{ platform: 'linux', osVersion: '6.1.0' }, 'Linux 6.1.0'],
  [{ osVersion: '' }, 'macOS'],
] as const)('names the system of %j as %s', (overrides, text) => {
  expect(describeSystem(facts(overrides))).toBe(text);
});

it.each([
  [{}, 'Apple silicon'],
  [{ architecture: 'x86_64' }, 'Intel'],
  [{ platform: 'linux', architecture: 'x64' }, 'x86'],
  [{ platform: 'linux', architecture: 'riscv64' }, 'riscv64'],
] as const)('names the processor of %j as %s', (overrides, text) => {
  expect(describeProcessor(facts(overrides))).toBe(text);
});

it('writes addresses as ssh users do', () => {
  expect(describeAddress('backup.local', 22)).toBe('backup.local');
  expect(describeAddress('10.0.0.5', 2222)).toBe('10.0.0.5:2222');
  expect(describeAddress('fe80::1', 2222)).toBe('[fe80::1]:2222');
});
