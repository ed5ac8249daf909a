import { type MacView, type RemoteView } from '@fleetclone/contracts';
import { buildMac as buildAnyMac } from '../testkit/build-mac';
import {
  checkDestination,
  checkSources,
  findFittingRemote,
  isWithin,
  listFolders,
  parsePatterns,
  suggestName,
  whyNoDestination,
} from './plan-choices';

const buildMac = (facts: Partial<MacView['facts']>): MacView =>
  buildAnyMac({
    id: 'mac',
    name: 'backup-mac',
    slug: 'backup-mac',
    facts: {
      ssh: { port: 22, user: 'root', addresses: ['10.0.0.5'], hostKeys: ['ssh-ed25519 AAAA'] },
      sourceRoots: ['/Users'],
      destinationRoots: ['/Volumes/Backup', '/Volumes/Archive'],
      ...facts,
    },
  });

const buildRemote = (overrides: Partial<RemoteView>): RemoteView => ({
  id: 'remote',
  name: 'backup-mac',
  macId: 'mac',
  host: '10.0.0.5',
  port: 22,
  user: 'root',
  hostKeys: [],
  roots: ['/Volumes/Backup'],
  createdAt: '2025-11-01T10:00:00Z',
  ...overrides,
});

it.each([
  ['/Users', '/Users', true],
  ['/Users/ann', '/Users', true],
  ['/UsersOther', '/Users', false],
  ['/anything', '/', true],
])('takes %s within %s as %s', (path, root, expected) => {
  expect(isWithin(path, root)).toBe(expected);
});

it('accepts only folders that the source lets out', () => {
  const mac = buildMac({});
  expect(checkSources(['/Users/ann', '/Users/ben/'], mac)).toBeNull();
  expect(checkSources(['/etc'], mac)).toContain('does not let out /etc');
  expect(checkSources(['Users'], mac)).toContain('absolute path');
  expect(checkSources([], mac)).toContain('at least one');
});

it('accepts only folders that the destination lets in', () => {
  const mac = buildMac({});
  expect(checkDestination('/Volumes/Backup/fleet', mac)).toBeNull();
  expect(checkDestination('/Volumes/Other', mac)).toContain('/Volumes/Backup or /Volumes/Archive');
  expect(checkDestination('/Volumes/Backup/a%b', mac)).toContain('without %');
});

it('reads one pattern a line and names the one that is wrong', () => {
  expect(parsePatterns(' *.tmp \n\nnode_modules/\n')).toEqual({
    patterns: ['*.tmp', 'node_modules/'],
    error: null,
  });
  expect(parsePatterns('x\n'.repeat(501)).error).toContain('At most 500');
  expect(parsePatterns('*.tmp\na\u0007b').error).toContain('must be one line without control');
});

describe('findFittingRemote', () => {
  const wanted = { macId: 'mac', destinationRoot: '/Volumes/Backup', reach: null };

  it('takes one that leads to that folder', () => {
    expect(findFittingRemote([buildRemote({})], wanted)?.id).toBe('remote');
  });

  it('takes none of another Mac, of another folder, or reached in another way', () => {
    const reach = { host: '10.0.0.5', port: 2222, user: 'root' };
    expect(findFittingRemote([buildRemote({ macId: 'other' })], wanted)).toBeNull();
    expect(findFittingRemote([buildRemote({ roots: ['/Volumes/Archive'] })], wanted)).toBeNull();
    const below = { ...wanted, destinationRoot: '/Volumes/Backup/fleet' };
    expect(findFittingRemote([buildRemote({})], below)).toBeNull();
    expect(findFittingRemote([buildRemote({})], { ...wanted, reach })).toBeNull();
    expect(findFittingRemote([buildRemote({ port: 2222 })], { ...wanted, reach })?.id).toBe('remote');
  });
});

it('says why a Mac cannot take copies', () => {
  expect(whyNoDestination(buildMac({}))).toBeNull();
  expect(whyNoDestination(buildMac({ ssh: null }))).toContain('ssh');
  expect(whyNoDestination(buildMac({ destinationRoots: [] }))).toContain('no folder');
});

it('names a plan after what it backs up', () => {
  expect(suggestName(['/Users/ann'])).toBe('ann');
  expect(suggestName(['/'])).toBe('Whole disk');
  expect(suggestName(['/a', '/b'])).toBe('Backup');
});

it('lists folders as people do', () => {
  expect(listFolders(['/a', '/b', '/c'])).toBe('/a, /b or /c');
});
