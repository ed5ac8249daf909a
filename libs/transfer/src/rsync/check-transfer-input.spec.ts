import { negotiationOf } from '../testkit/negotiations';
import { buildPull, buildPush } from '../testkit/transfer-inputs';
import { checkTransferInput } from './check-transfer-input';
import { type FarEnd, type PushInput, TransferArgsError, type TransferArgsField } from './transfer-input';

const gate = (changes: object): { readonly far: FarEnd } => ({
  far: { ...buildPush().far, kind: 'gate', moduleRoot: '', ...changes },
});
const shell = (changes: object): { readonly far: FarEnd } => ({
  far: { kind: 'shell', rsyncPath: '/usr/bin/rsync', folder: '/f', sshConfigFile: '/c', ...changes },
});

describe('what must not reach rsync', () => {
  it.each<readonly [TransferArgsField, Partial<PushInput>]>([
    ['archiveName', { mode: { kind: 'mirror', archiveName: '../x' } }],
    ['archiveName', { mode: { kind: 'mirror', archiveName: '' } }],
    ['archiveName', { mode: { kind: 'mirror', archiveName: 'a/b' } }],
    ['archiveName', { mode: { kind: 'mirror', archiveName: '-x' } }],
    ['linkDest', { mode: { kind: 'snapshot', linkDest: '..' } }],
    ['linkDest', { mode: { kind: 'snapshot', linkDest: '/etc' } }],
    ['rsyncPath', gate({ rsyncPath: 'fc rsync $(id)' })],
    ['rsyncPath', gate({ rsyncPath: 'fc  rsync' })],
    ['rsyncPath', gate({ rsyncPath: 'fc;id' })],
    ['rsyncPath', shell({ rsyncPath: 'rsync' })],
    ['rsyncPath', shell({ rsyncPath: '/usr/bin/rsync --daemon' })],
    ['rsyncPath', shell({ rsyncPath: '/usr/bin/`id`' })],
    ['moduleRoot', gate({ moduleRoot: 'relative' })],
    ['moduleRoot', gate({ moduleRoot: '/a/../b' })],
    ['moduleRoot', gate({ moduleRoot: '/a/' })],
    ['moduleRoot', gate({ moduleRoot: '/a%b' })],
    ['sshConfigFile', gate({ sshConfigFile: 'ssh_config' })],
    ['sshConfigFile', gate({ sshConfigFile: '/a\u0000b' })],
    ['folder', shell({ folder: 'relative' })],
    ['folder', shell({ folder: '/' })],
    ['folder', shell({ folder: '/a/../b' })],
    ['folder', shell({ folder: '/a\nb' })],
    ['folder', shell({ folder: '/half \ud83e' })],
    ['filterFile', { filterFile: '/a\nb' }],
    ['filterFile', { filterFile: 'filter' }],
    ['listFile', { pass: { kind: 'seed', listFile: '-' } }],
    ['listFile', { pass: { kind: 'seed', listFile: 'host:/list' } }],
    ['root', { pass: { kind: 'listed', listFile: '/l', root: '/a b', isByChecksum: false } }],
    ['root', { pass: { kind: 'listed', listFile: '/l', root: '/a/../b', isByChecksum: false } }],
    ['root', { pass: { kind: 'erase', listFile: '/l', root: '', emptyFolder: '/e' } }],
    ['sourcePaths', { pass: { kind: 'full', isFromInside: true }, sourcePaths: ['/a', '/b'] }],
    ['sourcePaths', { pass: { kind: 'full', isFromInside: true }, sourcePaths: ['/a*'] }],
    ['pass', { ...shell({}), pass: { kind: 'full', isFromInside: true } }],
    ['pass', { ...shell({}), pass: { kind: 'listed', listFile: '/l', root: '/a', isByChecksum: false } }],
    ['emptyFolder', { pass: { kind: 'erase', listFile: '/l', emptyFolder: 'empty' } }],
    ['emptyFolder', { pass: { kind: 'erase', listFile: '/l', emptyFolder: '/a/../b' } }],
    ['sourcePaths', { sourcePaths: ['/half \ud83e'] }],
    ['compression', { compression: { method: 'zstd', level: 20 } }],
    ['compression', { compression: { method: 'zstd', level: 1.5 } }],
    ['compression', { compression: { method: 'zstd', level: Number.NaN } }],
    ['compression', { negotiation: negotiationOf('3.5.0', 'apple') }],
    ['skipCompress', { skipCompress: ['jpg/../x'] }],
    ['skipCompress', { skipCompress: ['[a'] }],
    ['skipCompress', { skipCompress: [''] }],
    ['skipCompress', { skipCompress: Array.from({ length: 201 }, () => 'a') }],
    ['ioTimeoutSeconds', { ioTimeoutSeconds: 0 }],
    ['ioTimeoutSeconds', { ioTimeoutSeconds: 1.5 }],
    ['maxDelete', { maxDelete: -1 }],
    ['maxDelete', { maxDelete: 0 }],
    ['direction', { negotiation: negotiationOf('3.5.0', '3.5.0', { direction: 'pull' }) }],
  ])('is refused as %s: %j', (field, changes) => {
    const refuse = () => checkTransferInput(buildPush(changes));

    expect(refuse).toThrow(TransferArgsError);
    expect(refuse).toThrow(`${field} cannot be part of an rsync command`);
  });

  it('is refused for pulls as well', () => {
    const through = { ...buildPush().far, kind: 'gate', moduleRoot: '' } as const;

    expect(() => checkTransferInput(buildPull({ destinationFolder: 'a' }))).toThrow('destinationFolder');
    expect(() => checkTransferInput(buildPull({ far: through, sourcePaths: ['/a', '/b'] }))).toThrow(
      'sourcePaths',
    );
    expect(() =>
      checkTransferInput(buildPull({ far: through, pass: { kind: 'seed', listFile: '/l' } })),
    ).toThrow('pass');
  });

  it.each([
    buildPush(),
    buildPush(shell({})),
    buildPull(),
    buildPull({ pass: { kind: 'seed', listFile: '/l' } }),
  ])('is not what is usual', (input) => {
    expect(() => checkTransferInput(input)).not.toThrow();
  });
});
