import { joinBytes } from './byte-path';
import { latin1, notUtf8Names, oddNames } from './odd-names';
import type { PlannedEntry, PlannedFile, PlannedFolder } from './planned-entry';
import { plannedTimes } from './planned-times';
import type { Random } from './random';

const text = (value: string) => Buffer.from(value);
const LINK_TIME = { seconds: 1_234_567_890, nanoseconds: 250_000_000 };
const ODD = text('Odd names');

/** Files, folders and links with unusual names, modes, owners, times, attributes and shapes. */
export function planOddEntries(random: Random, home: string): PlannedEntry[] {
  return [
    folder('Odd names'),
    ...[...oddNames, ...notUtf8Names].map((name, index) =>
      file(random, joinBytes(ODD, name), { size: 40 + index }),
    ),
    ...oddFolders(random),
    ...planModes(random),
    ...planTimes(random),
    ...planOwners(random),
    ...planAttributes(random),
    ...planLinks(home),
  ];
}

function oddFolders(random: Random): PlannedEntry[] {
  const names = [
    text('folder with\nnewline'),
    text('Zoë'.normalize('NFD')),
    text('-folder'),
    text('#folder'),
    latin1('dossier \xe9'),
  ];
  return names.flatMap((name) => {
    const path = joinBytes(ODD, name);
    return [folder(path), file(random, joinBytes(path, 'inside.txt')), file(random, joinBytes(path, name))];
  });
}

function planModes(random: Random): PlannedEntry[] {
  const modes = [0o400, 0o444, 0o600, 0o606, 0o666, 0o711, 0o777, 0o4755, 0o2755, 0o6711];
  return [
    folder('Modes'),
    ...modes.map((mode) => file(random, `Modes/file ${mode.toString(8)}`, { mode })),
    file(random, 'Modes/file 0', { mode: 0, rootOnly: true }),
    folder('Modes/empty folder'),
    folder('Modes/empty folder/empty too'),
    ...[0o555, 0o700, 0o1777, 0o2775].flatMap((mode) => [
      folder(`Modes/folder ${mode.toString(8)}`, { mode }),
      file(random, `Modes/folder ${mode.toString(8)}/inside.txt`),
    ]),
    folder('Modes/folder 0', { mode: 0, rootOnly: true }),
    file(random, 'Modes/folder 0/inside.txt', { rootOnly: true }),
    file(random, 'Modes/empty file', { size: 0 }),
  ];
}

function planTimes(random: Random): PlannedEntry[] {
  const at = (iso: string, nanoseconds: number) => ({ seconds: Date.parse(iso) / 1000, nanoseconds });
  const times = [
    at('1970-01-01T00:00:01Z', 0),
    at('1984-01-24T10:00:00Z', 123_456_789),
    at('2001-09-09T01:46:40Z', 1),
    at('2012-02-29T23:59:59Z', 999_999_999),
    at('2020-03-29T01:30:00Z', 500_000_001),
    at('2040-06-01T12:00:00Z', 42),
  ];
  return [
    folder('Times', { mtime: at('2003-03-03T03:03:03Z', 303_030_303) }),
    ...times.map((mtime, index) => file(random, `Times/file ${index}`, { mtime })),
  ];
}

function planOwners(random: Random): PlannedEntry[] {
  const owners = [[501, 20], [1000, 1000], [65534, 65534], [70_001, 70_002]] as const; // prettier-ignore
  return [
    folder('Owners'),
    ...owners.flatMap((owner): PlannedEntry[] => {
      const path = `Owners/${owner.join(' ')}`;
      return [
        folder(path, { owner }),
        file(random, `${path}/file`, { owner }),
        file(random, `${path}/setuid`, { owner, mode: 0o4755 }),
        { type: 'symlink', path: text(`${path}/link`), target: text('file'), owner, mtime: LINK_TIME },
      ];
    }),
  ];
}

function planAttributes(random: Random): PlannedEntry[] {
  const values: readonly (readonly [string, Buffer])[] = [
    ['fleetclone.note', text('plain text')],
    ['fleetclone.empty', Buffer.alloc(0)],
    ['fleetclone.binary', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
    ['fleetclone.unicode', text('Grüße\nund "Anführung" \\ 🦊')],
    ['com.example.metadata:WhereFroms', text('https://example.org/download?file=manual.pdf')],
    ['fleetclone.large', Buffer.alloc(2500, 'large ')],
  ];
  return [
    folder('Attributes', { xattrs: new Map(values.slice(0, 1)) }),
    ...values.map(([name, value], index) =>
      file(random, `Attributes/file ${index}`, { xattrs: new Map([[name, value]]) }),
    ),
    file(random, 'Attributes/several', { xattrs: new Map(values.slice(0, 5)) }),
    file(random, 'Attributes/read-only', { mode: 0o400, xattrs: new Map(values.slice(0, 2)) }),
    file(random, 'Attributes/new\nline\\', { xattrs: new Map(values.slice(3, 4)) }),
    file(random, joinBytes(text('Attributes'), latin1('latin \xe9')), {
      xattrs: new Map(values.slice(2, 3)),
    }),
  ];
}

function planLinks(home: string): PlannedEntry[] {
  const symlink = (path: string, target: string | Buffer): PlannedEntry => ({
    type: 'symlink',
    path: text(`Links/${path}`),
    target: typeof target === 'string' ? text(target) : target,
    mtime: LINK_TIME,
  });
  const hardLink = (path: string, existing: string): PlannedEntry => ({
    type: 'hard-link',
    path: text(path),
    existing: text(existing),
  });
  return [
    folder('Links'),
    folder('Links/folder'),
    { ...file(undefined, 'Links/one of five'), size: 5000 },
    ...[
      'Links/two of five',
      'Links/folder/three of five',
      'Documents/four of five',
      'Odd names/five\nof five',
    ].map((path) => hardLink(path, 'Links/one of five')),
    { ...file(undefined, 'Links/empty twin'), size: 0 },
    hardLink('Links/folder/empty twin', 'Links/empty twin'),
    hardLink('Links/quoted "twin"', 'Modes/file 4755'),
    symlink('relative', '../Documents'),
    symlink('relative file', 'one of five'),
    symlink('absolute inside', `${home}/Pictures`),
    symlink('absolute outside', '/etc/hosts'),
    symlink('dangling', 'nowhere/at all'),
    symlink('to itself', 'to itself'),
    symlink('to the parent', '..'),
    symlink('to the root', '/'),
    symlink('odd\nname', 'folder'),
    symlink('odd target', '$(touch pwned) "\n\\ ~ -rf'),
    symlink('long target', 'deep/'.repeat(190)),
    symlink('target not UTF-8', latin1('nowhere \xe9\xff')),
  ];
}

function folder(path: string | Buffer, more: Partial<PlannedFolder> = {}): PlannedFolder {
  return { type: 'folder', path: Buffer.from(path), mode: 0o755, ...more };
}

function file(
  random: Random | undefined,
  path: string | Buffer,
  more: Partial<PlannedFile> = {},
): PlannedFile {
  const mtime = random === undefined ? { seconds: 1_111_111_111, nanoseconds: 0 } : plannedTimes(random);
  return { type: 'file', path: Buffer.from(path), size: 100, content: 'words', mode: 0o644, mtime, ...more };
}
