import { open, opendir, realpath, stat } from 'node:fs/promises';
import { hasErrorCode } from '../config/durable-file';
import { describeError } from '../errors/describe-error';
import { failedFor, type StepFailedError } from './trouble';

export interface SourceLook {
  /** Links followed: what rsync is given. */
  readonly path: string;
  readonly isEmptyFolder: boolean;
}

/** Looks at one source path as the transfer will: it must exist and let itself be read. Throws `StepFailedError`. */
export async function lookAtSource(path: string): Promise<SourceLook> {
  try {
    const real = await realpath(path);
    return { path: real, isEmptyFolder: await readALittle(real) };
  } catch (error) {
    throw failureOf(path, error);
  }
}

/** Reads one entry or one byte; existence alone says nothing about permission, least of all under macOS privacy rules. */
async function readALittle(path: string): Promise<boolean> {
  if (!(await stat(path)).isDirectory()) {
    const file = await open(path, 'r');
    try {
      await file.read(Buffer.alloc(1), 0, 1, 0);
    } finally {
      await file.close();
    }
    return false;
  }
  const folder = await opendir(path);
  try {
    return (await folder.read()) === null;
  } finally {
    await folder.close();
  }
}

function failureOf(path: string, error: unknown): StepFailedError {
  if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) {
    return failedFor({
      code: 'SOURCE.MISSING',
      layer: 'source',
      side: 'source',
      message: `${path} is not on this Mac. Attach its disk, or change the plan. Nothing was changed at the destination.`,
    });
  }
  if (hasErrorCode(error, 'EPERM')) {
    return failedFor({
      code: 'SOURCE.PRIVACY_REFUSED',
      layer: 'privacy',
      side: 'source',
      message: `macOS keeps ${path} from the agent. Give the agent Full Disk Access on this Mac.`,
    });
  }
  return failedFor({
    code: 'SOURCE.UNREADABLE',
    layer: 'source',
    side: 'source',
    message: `${path} cannot be read by the agent (${describeError(error)}). An agent that runs as root reads everything.`,
  });
}
