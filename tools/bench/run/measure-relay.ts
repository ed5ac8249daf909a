import { runMeasured } from '../measure/run-measured';
import { medianOf } from '../report/statistics';
import { FAR_HOST } from './far-end';

export interface PipeSpeeds {
  /** Through one ssh on a plain connection. */
  readonly directBytesPerSecond: number;
  /** The same through the relay, without delay and limit. */
  readonly relayBytesPerSecond: number;
  readonly relayCpuMs: number;
  /** What ssh takes to log in over a plain connection: nobody's first byte goes before. */
  readonly loginMs: number;
}

interface Paths {
  readonly direct: string;
  readonly relayed: string;
  readonly relayCpuMs: () => Promise<number>;
  readonly bytes: number;
  readonly signal: AbortSignal;
}

const LOGINS = 5;

/** What the relay itself costs: the better of two, each way; and what a login takes. */
export async function measureRelay({
  direct,
  relayed,
  relayCpuMs,
  bytes,
  signal,
}: Paths): Promise<PipeSpeeds> {
  const pipe = async (sshConfig: string): Promise<number> => {
    const script = `head -c ${bytes} /dev/zero | ssh -F ${sshConfig} -c aes128-gcm@openssh.com ${FAR_HOST} 'cat >/dev/null'`;
    const { wallMs } = await runMeasured('/bin/sh', ['-c', script], { timeoutMs: 120_000, signal });
    return (bytes * 1000) / wallMs;
  };
  const cpuBeforeMs = await relayCpuMs();
  const once = async (): Promise<readonly [direct: number, relayed: number]> => [
    await pipe(direct),
    await pipe(relayed),
  ];
  const [first, second] = [await once(), await once()];
  return {
    directBytesPerSecond: Math.max(first[0], second[0]),
    relayBytesPerSecond: Math.max(first[1], second[1]),
    relayCpuMs: ((await relayCpuMs()) - cpuBeforeMs) / 2,
    loginMs: await measureLogin(direct, signal),
  };
}

/** The median of some. */
async function measureLogin(sshConfig: string, signal: AbortSignal): Promise<number> {
  const tookMs: number[] = [];
  while (tookMs.length < LOGINS) {
    const command = ['-F', sshConfig, FAR_HOST, 'true'];
    tookMs.push((await runMeasured('ssh', command, { timeoutMs: 30_000, signal })).wallMs);
  }
  return medianOf(tookMs) ?? 0;
}
