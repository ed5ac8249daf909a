import { spawnLogged } from '@fleetclone/testing';
import { MemoryWatch } from './memory-watch';
import { canLookAtProcesses, readCpuTimes } from './proc';

export interface MeasuredOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Exit statuses that mean success; default 0 only. */
  readonly good?: readonly number[];
}

export interface MeasuredRun {
  /** From the start of the program to its end. */
  readonly wallMs: number;
  /** Of the program and its children on this side; null on a system that does not tell. */
  readonly cpuMs: number | null;
  readonly peakRssBytes: number | null;
  /** The tail of both outputs. */
  readonly output: string;
}

/** A measured program that did not come to a good end. */
export class MeasuredProgramError extends Error {
  override readonly name = 'MeasuredProgramError';
}

/**
 * Runs a program to its end and measures it. Its processor time is what the system adds to this process's account of
 * ended children, so only one program may be measured at a time, and children that nobody waited for are missing.
 */
export async function runMeasured(
  command: string,
  args: readonly string[],
  options: MeasuredOptions,
): Promise<MeasuredRun> {
  options.signal.throwIfAborted();
  const cpuBeforeMs = readCpuTimes('self')?.children ?? 0;
  const startedMs = performance.now();
  const program = await spawnLogged(command, args, {
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.input !== undefined && { input: options.input }),
  });
  const watch = new MemoryWatch(program.pid);
  const ending = await untilEnded(program.exited, options);
  const wallMs = performance.now() - startedMs;
  const peakRssBytes = watch.stop();
  await program.stop({ graceMs: 2_000 });
  if (ending === 'cancelled') throw options.signal.reason;
  if (ending === 'too-long')
    throw new MeasuredProgramError(`${command} was given up after ${options.timeoutMs / 1000} s`);
  if (ending.code === null || !(options.good ?? [0]).includes(ending.code)) {
    const how = ending.signal ?? `status ${ending.code ?? 'none'}`;
    throw new MeasuredProgramError(`${command} ended with ${how}: ${program.output().slice(-2_000)}`);
  }
  const cpuMs = canLookAtProcesses ? (readCpuTimes('self')?.children ?? 0) - cpuBeforeMs : null;
  return { wallMs, cpuMs, peakRssBytes, output: program.output() };
}

async function untilEnded<T>(
  exited: Promise<T>,
  { timeoutMs, signal }: MeasuredOptions,
): Promise<T | 'cancelled' | 'too-long'> {
  let timer: NodeJS.Timeout | undefined;
  let cancel: (() => void) | undefined;
  const cut = new Promise<'cancelled' | 'too-long'>((resolve) => {
    timer = setTimeout(() => resolve('too-long'), timeoutMs);
    cancel = () => resolve('cancelled');
    signal.addEventListener('abort', cancel, { once: true });
  });
  try {
    return await Promise.race([exited, cut]);
  } finally {
    clearTimeout(timer);
    if (cancel !== undefined) signal.removeEventListener('abort', cancel);
  }
}
