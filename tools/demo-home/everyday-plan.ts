import type { PlannedFile } from './planned-entry';
import type { Random } from './random';
import { plannedTimes } from './planned-times';

interface Category {
  readonly shareOfFiles: number;
  readonly shareOfBytes: number;
  readonly content: (random: Random) => 'words' | 'noise';
  /** Folder and name, not yet unique. */
  readonly name: (random: Random, index: number) => string;
}

const clients = [
  'Müller & Söhne',
  'Acme Inc.',
  'Société Générale d’Été',
  '山田商店',
  'O’Brien',
  'Łódź Studio',
  'North-West',
];
const subjects = [
  'Invoice',
  'Offer',
  'Contract',
  'Minutes',
  'Letter',
  'Notes',
  'Budget',
  'Résumé',
  'Übersicht',
  'Plan',
];
const artists = ['Björk', 'Sigur Rós', 'Nina Simone', 'Motörhead', '坂本龍一', 'The Band', 'Ella & Louis'];
const projects = ['garden-planner', 'site', 'invoice-tool', 'synth', 'thesis', 'kite'];
const modules = ['left-trim', 'is-even', 'tiny-date', 'color-name', '@scope/parser', '@scope/core', 'wrap'];
const mailFolders = ['INBOX', 'Sent Messages', 'Archive', 'Entwürfe'];
const events = ['2014 Iceland', '2017 Wedding', '2019 Nürnberg', '2021 Garden', '2023 école', '2024 Summer'];

const year = (random: Random) => random.int(2009, 2025);
const two = (n: number) => String(n).padStart(2, '0');
const hexName = (random: Random, length: number) =>
  Array.from({ length }, () => random.int(0, 15).toString(16)).join('');

const categories: readonly Category[] = [
  {
    shareOfFiles: 0.16,
    shareOfBytes: 0.06,
    content: (random) => (random.chance(0.6) ? 'words' : 'noise'),
    name: (random) =>
      `Documents/${random.pick(clients)}/${year(random)}/${random.pick(subjects)} ${two(random.int(1, 12))}-${two(random.int(1, 28))}.${random.pick(['txt', 'docx', 'pdf', 'numbers', 'md', 'csv'])}`,
  },
  {
    shareOfFiles: 0.1,
    shareOfBytes: 0.3,
    content: () => 'noise',
    name: (random) => {
      const id = hexName(random, 12).toUpperCase();
      return `Pictures/Photos Library.photoslibrary/originals/${id.charAt(0)}/${id}.${random.pick(['heic', 'jpeg', 'mov'])}`;
    },
  },
  {
    shareOfFiles: 0.05,
    shareOfBytes: 0.14,
    content: () => 'noise',
    name: (random, index) =>
      `Pictures/${random.pick(events)}/IMG_${String(1000 + index)}.${random.pick(['JPG', 'CR3'])}`,
  },
  {
    shareOfFiles: 0.05,
    shareOfBytes: 0.2,
    content: () => 'noise',
    name: (random) =>
      `Music/Music/Media.localized/${random.pick(artists)}/Album ${random.int(1, 4)}/${two(random.int(1, 18))} Track.m4a`,
  },
  {
    shareOfFiles: 0.22,
    shareOfBytes: 0.03,
    content: () => 'words',
    name: (random, index) =>
      `Projects/${random.pick(projects)}/node_modules/${random.pick(modules)}/${random.pick(['lib', 'dist', 'src/deep/er'])}/file${index}.js`,
  },
  {
    shareOfFiles: 0.12,
    shareOfBytes: 0.02,
    content: () => 'words',
    name: (random) =>
      `Projects/${random.pick(projects)}/src/${random.pick(['app', 'lib', 'ui/parts', 'test'])}/${random.pick(subjects).toLowerCase()}-${random.int(1, 99)}.ts`,
  },
  {
    shareOfFiles: 0.08,
    shareOfBytes: 0.02,
    content: () => 'noise',
    name: (random) => {
      const id = hexName(random, 40);
      return `Projects/${random.pick(projects)}/.git/objects/${id.slice(0, 2)}/${id.slice(2)}`;
    },
  },
  {
    shareOfFiles: 0.1,
    shareOfBytes: 0.06,
    content: () => 'words',
    name: (random, index) =>
      `Library/Mail/V10/${random.pick(mailFolders)}.mbox/Messages/${10_000 + index}.emlx`,
  },
  {
    shareOfFiles: 0.08,
    shareOfBytes: 0.03,
    content: (random) => (random.chance(0.5) ? 'words' : 'noise'),
    name: (random, index) =>
      `Library/Application Support/${random.pick(['Editor', 'Browser', 'Notes'])}/Data/${hexName(random, 6)}-${index}.db`,
  },
  {
    shareOfFiles: 0.02,
    shareOfBytes: 0.01,
    content: () => 'words',
    name: (_random, index) => `Library/Preferences/com.example.app${index}.plist`,
  },
  {
    shareOfFiles: 0.02,
    shareOfBytes: 0.02,
    content: () => 'noise',
    name: (random, index) =>
      `Downloads/${random.pick(['Setup', 'Manual', 'Ticket', 'Scan'])} ${index}.${random.pick(['dmg', 'pdf', 'zip'])}`,
  },
];

/** The largest file's share of all bytes. */
const MOVIE_SHARE = 0.11;

/** The ordinary part of a home folder: `files` files with together exactly `bytes` bytes. */
export function planEverydayFiles(random: Random, files: number, bytes: number): PlannedFile[] {
  const taken = new Set<string>();
  const movieBytes = Math.floor(bytes * MOVIE_SHARE);
  const movie = planFile(random, 'Movies/Summer at the lake.mov', movieBytes, 'noise', taken);
  const planned = [movie];
  categories.forEach((category, index) => {
    const isLast = index === categories.length - 1;
    const count = isLast ? files - planned.length : Math.floor(files * category.shareOfFiles);
    const share = isLast ? bytes - sumOfSizes(planned) : Math.floor(bytes * category.shareOfBytes);
    const part = random.fork(`category ${index}`);
    const sizes = splitBytesUnevenly(part, share, count);
    sizes.forEach((size, n) =>
      planned.push(planFile(part, category.name(part, n), size, category.content(part), taken)),
    );
  });
  return planned;
}

function planFile(
  random: Random,
  wanted: string,
  size: number,
  content: 'words' | 'noise',
  taken: Set<string>,
): PlannedFile {
  const path = makeUnique(wanted, taken);
  const mode = random.pick([0o644, 0o644, 0o644, 0o600, 0o664, 0o755, 0o640]);
  return { type: 'file', path: Buffer.from(path), size, content, mode, mtime: plannedTimes(random) };
}

/** Unique even where the file system takes no notice of case or of Unicode normalisation, as on a Mac. */
function makeUnique(wanted: string, taken: Set<string>): string {
  const dot = wanted.lastIndexOf('.') > wanted.lastIndexOf('/') + 1 ? wanted.lastIndexOf('.') : wanted.length;
  for (let copy = 1; ; copy += 1) {
    const path = copy === 1 ? wanted : `${wanted.slice(0, dot)} ${copy}${wanted.slice(dot)}`;
    const key = path.normalize('NFC').toLowerCase();
    if (taken.has(key)) continue;
    taken.add(key);
    return path;
  }
}

/** A few large parts, many small ones and one empty in a hundred; together exactly `total`. */
function splitBytesUnevenly(random: Random, total: number, count: number): number[] {
  const weights = Array.from({ length: count }, () =>
    random.chance(0.01) ? 0 : Math.exp(random.next() * 4),
  );
  const sum = weights.reduce((a, b) => a + b, 0) || 1;
  const sizes = weights.map((weight) => Math.floor((total * weight) / sum));
  const rest = total - sizes.reduce((a, b) => a + b, 0);
  return sizes.map((size, index) => (index === count - 1 ? size + rest : size));
}

function sumOfSizes(files: readonly PlannedFile[]): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}
