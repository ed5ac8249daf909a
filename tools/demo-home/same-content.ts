import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';

const SMALL = 64 * 1024;

/** Undefined when both files hold the same bytes, else the beginnings of their SHA-256. Never holds a large file. */
export async function contentDifference(
  source: Buffer,
  copy: Buffer,
  size: number,
): Promise<string | undefined> {
  const [ours, theirs] =
    size <= SMALL ? [hashSmall(source), hashSmall(copy)] : await Promise.all([hash(source), hash(copy)]);
  return ours === theirs
    ? undefined
    : `content: SHA-256 ${ours.slice(0, 12)}…, in the copy ${theirs.slice(0, 12)}…`;
}

function hashSmall(path: Buffer): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

async function hash(path: Buffer): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 512 * 1024 }))
    digest.update(chunk as Buffer);
  return digest.digest('hex');
}
