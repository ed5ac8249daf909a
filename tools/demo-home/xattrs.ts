import { execFile, spawn } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { promisify } from 'node:util';
import { bytesToKey, joinBytes } from './byte-path';
import { errorCode } from './error-code';
import { FattrParser, formatFattr } from './fattr-format';
import type { FileXattrs, XattrsByPath } from './file-xattrs';
import { parseXattrListing } from './xattr-listing';

const run = promisify(execFile);

/** The system's tool for extended attributes is not installed, or cannot do its work here. */
export class XattrsUnavailableError extends Error {
  override readonly name = 'XattrsUnavailableError';
}

/** Sets extended attributes of files and folders; throws XattrsUnavailableError when that cannot be done. */
export async function writeXattrs(folder: string, items: readonly FileXattrs[]): Promise<void> {
  try {
    if (process.platform === 'darwin') await writeOneByOne(folder, items);
    else await runWithInput('setfattr', ['--restore=-'], folder, formatFattr(items));
  } catch (cause) {
    throw new XattrsUnavailableError(`cannot set extended attributes: ${reason(cause)}`, { cause });
  }
}

/** Reads all extended attributes under a folder, links themselves included but not followed. */
export async function readXattrs(folder: string): Promise<XattrsByPath> {
  try {
    return process.platform === 'darwin' ? await readWithXattr(folder) : await readWithGetfattr(folder);
  } catch (cause) {
    throw new XattrsUnavailableError(`cannot read extended attributes: ${reason(cause)}`, { cause });
  }
}

async function readWithGetfattr(folder: string): Promise<XattrsByPath> {
  const parser = new FattrParser();
  const child = spawn('getfattr', ['-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '.'], {
    cwd: folder,
    env: process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => parser.append(chunk.toString('latin1')));
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2000)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(complaint.trim() || `getfattr ended with code ${code ?? 'none'}`);
  return parser.finish();
}

async function readWithXattr(folder: string): Promise<XattrsByPath> {
  const root = Buffer.from(folder);
  const options = { cwd: folder, env: process.env, maxBuffer: 256 * 1024 * 1024 };
  const { stdout } = await run('xattr', ['-r', '-s', '-v', '.'], { ...options, encoding: 'buffer' });
  const exists = (path: string) => lstatSync(joinBytes(root, path), { throwIfNoEntry: false }) !== undefined;
  const found = new Map<string, Map<string, string>>();
  for (const { path, name } of parseXattrListing(stdout.toString('utf8'), exists)) {
    const { stdout: dump } = await run('xattr', ['-p', '-x', '-s', name, `./${path}`], options);
    const key = bytesToKey(Buffer.from(path));
    const values = found.get(key) ?? new Map<string, string>();
    found.set(key, values.set(name, dump.replaceAll(/\s/g, '').toLowerCase()));
  }
  return found;
}

async function writeOneByOne(folder: string, items: readonly FileXattrs[]): Promise<void> {
  for (const { path, xattrs } of items) {
    for (const [name, value] of xattrs) {
      await run('xattr', ['-w', '-x', name, value.toString('hex'), `./${path.toString('utf8')}`], {
        cwd: folder,
      });
    }
  }
}

async function runWithInput(
  command: string,
  args: readonly string[],
  cwd: string,
  input: Buffer,
): Promise<void> {
  const child = spawn(command, args, { cwd, env: process.env, stdio: ['pipe', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2000)));
  child.stdin.on('error', () => undefined); // its exit tells the story
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(complaint.trim() || `${command} ended with code ${code ?? 'none'}`);
}

function reason(cause: unknown): string {
  if (errorCode(cause) !== 'ENOENT') return cause instanceof Error ? cause.message : String(cause);
  return process.platform === 'linux'
    ? 'getfattr and setfattr are not installed (package attr)'
    : 'xattr is not installed';
}
