import fc from 'fast-check';
import { negotiationOf } from '../testkit/negotiations';
import { buildPull, buildPush } from '../testkit/transfer-inputs';
import { renderSshConfig } from '../ssh/ssh-config';
import { checkSshTarget, SshTargetError } from '../ssh/ssh-target';
import { SourcePathError } from './source-paths';
import { buildTransferArgs } from './transfer-args';
import { TransferArgsError, type TransferArgsInput } from './transfer-input';

const RUNS = 1_000;

/** Text that has ended well for nobody, and text of any kind. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'-=/.: \'"`$()\\*?[]~;&|<>#!%@{}\n\r\t\0a') }),
  fc.constantFrom(
    '-e sh',
    '--rsh=sh',
    '--daemon',
    '-oProxyCommand=id',
    '$(id)',
    '`id`',
    'host:/x',
    'host::x',
    'rsync://h/x',
    '../../etc',
    '/etc/passwd',
    '%h',
    '${HOME}',
    'a\nProxyCommand id',
  ),
);
const hostilePath = hostile.map((text) => `/${text}`);

/** The arguments, or null when the input was refused by one of the errors that it may be refused by. */
function build(input: TransferArgsInput): string[] | null {
  try {
    return buildTransferArgs(input).map(({ argument }) => argument);
  } catch (error) {
    if (error instanceof TransferArgsError || error instanceof SourcePathError) return null;
    throw error;
  }
}

/** What rsync takes an argument for, whatever its value. */
const optionOf = (argument: string): string => argument.replace(/=.*/s, '');

const optionsOf = (all: readonly string[]): string[] => all.slice(0, all.indexOf('--') + 1).map(optionOf);

const folder = { kind: 'shell', rsyncPath: '/usr/bin/rsync', folder: '/f', sshConfigFile: '/c' } as const;

describe('whatever somebody calls their things', () => {
  const usual = optionsOf(build(buildPush()) ?? []);
  const usualOfShell = optionsOf(build(buildPush({ far: folder })) ?? []);
  const usualOfPull = optionsOf(build(buildPull()) ?? []);

  it('source paths are sources, in their own places', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(hostile, hostilePath), { minLength: 1, maxLength: 4 }), (sourcePaths) => {
        const all = build(buildPush({ sourcePaths }));
        if (all === null) return;
        accepted += 1;

        expect(optionsOf(all)).toEqual(usual);
        expect(all.at(-1)).toBe('fleetclone-target::plan/current/');
        for (const source of all.slice(all.indexOf('--') + 1, -1)) {
          expect(source).toMatch(/^\/./);
          expect(source).not.toMatch(/\/$|\/\.{1,2}(?:\/|$)|\/\/|[\n\r\0]/);
        }
      }),
      { numRuns: RUNS },
    );

    expect(accepted).toBeGreaterThan(RUNS / 10);
  });

  it('a folder behind a shell is one word to it, in the last place', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(hostile, hostilePath), (name) => {
        const all = build(buildPush({ far: { ...folder, folder: name } }));
        if (all === null) return;
        accepted += 1;
        const [, word = ''] = /^fleetclone-target:(.*)$/s.exec(all.at(-1) ?? '') ?? [];

        expect(optionsOf(all)).toEqual(usualOfShell);
        expect(all.slice(all.indexOf('--') + 1)).toHaveLength(2);
        expect(readAsShell(word)).toMatch(/^\/.*\/current\/$/s);
      }),
      { numRuns: RUNS },
    );

    expect(accepted).toBeGreaterThan(RUNS / 10);
  });

  it('sources behind a shell are as many words to it, in one place', () => {
    fc.assert(
      fc.property(fc.array(hostilePath, { minLength: 1, maxLength: 3 }), (sourcePaths) => {
        const all = build(buildPull({ sourcePaths }));
        if (all === null) return;
        const operands = all.slice(all.indexOf('--') + 1);

        expect(optionsOf(all)).toEqual(usualOfPull);
        expect(operands).toHaveLength(2);
        expect(operands[1]).toBe('/Volumes/Backup/ann-mac/home/current/');
      }),
      { numRuns: RUNS },
    );
  });

  it('files, folders of the gate and names of versions change no option', () => {
    const inputs = fc.record(
      {
        filterFile: fc.oneof(hostile, hostilePath),
        far: fc.record({
          kind: fc.constant('gate' as const),
          rsyncPath: hostile,
          moduleRoot: fc.oneof(fc.constant(''), hostilePath),
          sshConfigFile: hostilePath,
        }),
        mode: fc.record({ kind: fc.constant('mirror' as const), archiveName: hostile }),
        skipCompress: fc.array(hostile),
        negotiation: fc.constant(negotiationOf('3.5.0', '3.5.0')),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(inputs, (changes) => {
        const all = build(buildPush(changes));
        if (all === null) return;

        expect(optionsOf(all).filter((option) => option !== '--skip-compress')).toEqual(usual);
        expect(all.slice(-2)[0]).toBe('/Users/ann');
        expect(all.at(-1)).toMatch(/^fleetclone-target::plan.*\/current\/$/);
      }),
      { numRuns: RUNS },
    );
  });

  it('hosts, users and ports are refused, or stand in one line of the configuration and in no argument', () => {
    const target = {
      host: 'mac.example',
      port: 22,
      user: 'root',
      hostKeys: ['ssh-ed25519 AAAA'],
      hostKeyAlias: 'mac',
      identityFile: '/k',
    } as const;
    const keywordsOf = (text: string): string[] =>
      text.split('\n').map((line) => line.trim().split(' ')[0] ?? '');
    const usualKeywords = keywordsOf(renderSshConfig(target, '/known'));
    const changes = fc.record(
      { host: hostile, user: hostile, hostKeyAlias: hostile, identityFile: hostilePath, port: fc.double() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(changes, (changed) => {
        const odd = { ...target, ...changed };
        try {
          checkSshTarget(odd);
        } catch (error) {
          expect(error).toBeInstanceOf(SshTargetError);
          return;
        }

        expect(keywordsOf(renderSshConfig(odd, '/known'))).toEqual(usualKeywords);
      }),
      { numRuns: RUNS },
    );
    // The name of the host in every argument list is our own.
    for (const input of [buildPush(), buildPush({ far: folder }), buildPull()])
      expect(build(input)?.filter((one) => one.includes('fleetclone-target'))).toHaveLength(1);
  });
});

/** What a POSIX shell makes of one word of single-quoted parts and escaped quotes; null when it is not just that. */
function readAsShell(word: string): string | null {
  if (!/^(?:'[^']*'|\\')*$/.test(word)) return null;
  return word.replace(
    /'([^']*)'|\\(')/g,
    (_match, quoted?: string, escaped?: string) => quoted ?? escaped ?? '',
  );
}
