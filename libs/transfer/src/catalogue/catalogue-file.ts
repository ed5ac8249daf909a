import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { blocksOf, FolderBlock } from './folder-block';

/** Which attempt left the destination as a catalogue says. */
export interface AttemptIdentity {
  readonly runId: string;
  readonly fence: number;
}

/** What a catalogue is good for: it speaks of one destination, one selection of sources and one state. */
export interface CatalogueHeader {
  readonly formatVersion: 1;
  /** Everything that must be the same for the catalogue to say anything: see `catalogueScope`. */
  readonly scope: string;
  /** The attempt after which the destination was equal to this. */
  readonly writtenBy: AttemptIdentity;
  /** The folder at the destination, seen from the plan's: `current` or `snapshots/<name>`. */
  readonly folder: string;
  /** Beginning of that attempt, milliseconds since 1970 on the source's clock. */
  readonly takenAtMs: number;
  /** Beginning of the last attempt that compared everything with the destination. */
  readonly fullScanAtMs: number;
  readonly entries: number;
  readonly body: { readonly file: string; readonly sha256: string };
}

/** The last state that the destination is known to have. Held in memory that scanning threads share. */
export class Catalogue {
  readonly shared: SharedArrayBuffer;
  private readonly body: Buffer;
  private readonly offsets = new Map<string, number>();

  /** Throws RangeError for a body that is cut off. */
  constructor(
    readonly header: CatalogueHeader,
    body: Buffer,
  ) {
    this.shared = new SharedArrayBuffer(body.length);
    this.body = Buffer.from(this.shared);
    body.copy(this.body);
    for (const block of blocksOf(this.body))
      this.offsets.set(new FolderBlock(block).path, block.byteOffset - this.body.byteOffset);
  }

  get entries(): number {
    return this.header.entries;
  }

  /** Where a folder's block begins, or -1. */
  offsetOf(path: string): number {
    return this.offsets.get(path) ?? -1;
  }

  blockOf(path: string): Buffer | null {
    const at = this.offsetOf(path);
    return at < 0 ? null : this.body.subarray(at, at + this.body.readUInt32LE(at));
  }

  folders(): Iterable<string> {
    return this.offsets.keys();
  }
}

/** Why there is no catalogue, in plain words. */
export interface MissingCatalogue {
  readonly missing: string;
}

/** The fingerprint of whatever a catalogue depends on; any change of it makes the catalogue worthless. */
export function catalogueScope(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * Where the catalogue of one plan is kept: a small header, put in place at once, which names a body that never
 * changes. A crash at any moment leaves the old pair or the new one.
 */
export class CatalogueStore {
  private readonly headerFile: string;

  /** `folder` is for this plan's catalogue alone and is made when it is missing. */
  constructor(private readonly folder: string) {
    this.headerFile = join(folder, 'header.json');
  }

  /** The catalogue of whatever scope it has, or why there is none that can be used. */
  async read(): Promise<Catalogue | MissingCatalogue> {
    const header = await this.readHeader();
    if (header === null) return { missing: 'no run has succeeded here yet' };
    try {
      const body = await readFile(join(this.folder, header.body.file));
      if (createHash('sha256').update(body).digest('hex') !== header.body.sha256)
        return { missing: 'it is damaged' };
      return new Catalogue(header, body);
    } catch (error) {
      if (!(error instanceof RangeError) && !isSystemError(error)) throw error;
      return { missing: 'it cannot be read' };
    }
  }

  /** Puts a header in place; with `body` a new one, else that of the header. Outlasts a power cut. */
  async write(
    header: Omit<CatalogueHeader, 'body'>,
    body: CatalogueHeader['body'] | Iterable<Buffer>,
  ): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const before = await this.readHeader();
    const kept = 'sha256' in body ? body : await this.writeBody(body);
    await writeDurably(this.headerFile, [Buffer.from(JSON.stringify({ ...header, body: kept }))]);
    if (before !== null && before.body.file !== kept.file)
      await rm(join(this.folder, before.body.file), { force: true });
  }

  /** After this nothing is known of the destination. */
  async forget(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private async writeBody(blocks: Iterable<Buffer>): Promise<CatalogueHeader['body']> {
    const file = `${randomUUID()}.blocks`;
    const sha256 = await writeDurably(join(this.folder, file), blocks);
    return { file, sha256 };
  }

  private async readHeader(): Promise<CatalogueHeader | null> {
    try {
      return parseHeader(await readFile(this.headerFile, 'utf8'));
    } catch (error) {
      if (isSystemError(error)) return null;
      throw error;
    }
  }
}

/** Null for anything but a header of ours: it is our own file, so what does not fit is damage. */
function parseHeader(text: string): CatalogueHeader | null {
  try {
    const header = JSON.parse(text) as Partial<CatalogueHeader> | null;
    const isWhole =
      header?.formatVersion === 1 &&
      typeof header.scope === 'string' &&
      typeof header.writtenBy?.runId === 'string' &&
      Number.isSafeInteger(header.writtenBy.fence) &&
      typeof header.folder === 'string' &&
      Number.isFinite(header.takenAtMs) &&
      Number.isFinite(header.fullScanAtMs) &&
      Number.isSafeInteger(header.entries) &&
      /^[0-9a-f-]{36}\.blocks$/.test(header.body?.file ?? '') &&
      typeof header.body?.sha256 === 'string';
    return isWhole ? (header as CatalogueHeader) : null;
  } catch {
    return null; // not JSON
  }
}

/** Writes a private file whole, by way of another name; gives the SHA-256 of what it holds. */
async function writeDurably(path: string, chunks: Iterable<Buffer>): Promise<string> {
  const temporary = `${path}.new`;
  const hash = createHash('sha256');
  const file = await open(temporary, 'w', 0o600);
  try {
    for (const group of grouped(chunks)) {
      hash.update(group);
      await file.writeFile(group);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return hash.digest('hex');
}

/** Many small blocks as few large ones. */
function* grouped(chunks: Iterable<Buffer>): Generator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for (const chunk of chunks) {
    held.push(chunk);
    length += chunk.length;
    if (length < 1024 * 1024) continue;
    yield Buffer.concat(held);
    held = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(held);
}

const isSystemError = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'syscall' in error;
