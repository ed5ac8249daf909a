import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackupOrder, defaultTransferOptions, PublicKeyLine } from '@fleetclone/contracts';
import { createLogger } from '../../../apps/agent/src/logging/logger';
import type { AttemptContext } from '../../../apps/agent/src/supervisor/attempt-context';
import { runAttempt } from '../../../apps/agent/src/supervisor/run-attempt';
import type { AgentOrder } from './agent-order';

export interface RunOnce {
  readonly isComplete: boolean;
  readonly trouble: string;
  /** By `performance.now()`: the start of the first rsync. */
  readonly firstByteAtMs: number;
  readonly phasesMs: Record<string, number>;
  readonly notes: string[];
}

/** One run, by the very code that an agent runs: connect, claim, copy, publish, close, write down what is known. */
export async function runOnce(order: AgentOrder): Promise<RunOnce> {
  const clock = new PhaseClock();
  const folder = join(order.stateFolder, 'runs', `${order.runId}.${order.fence}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const end = await runAttempt(contextOf(order, folder, clock));
  const isComplete = end?.state === 'succeeded' && end.outcome.code === 'TRANSFER.COMPLETE';
  const { strategy = 'full', streams = 1, compression = 'none' } = end?.totals ?? {};
  return {
    isComplete,
    trouble: isComplete ? '' : `${end?.outcome.code ?? 'no end'}: ${end?.outcome.message ?? ''}`,
    firstByteAtMs: clock.firstByteAtMs ?? performance.now(),
    phasesMs: clock.phasesMs(),
    notes: [String(strategy), String(compression), ...(Number(streams) > 1 ? [`${streams} streams`] : [])],
  };
}

/** When the attempt came to each of its states. */
class PhaseClock {
  firstByteAtMs: number | null = null;
  private readonly reached: (readonly [state: string, atMs: number])[] = [['connecting', performance.now()]];

  reach(state: string): void {
    this.reached.push([state, performance.now()]);
  }

  phasesMs(): Record<string, number> {
    const ends = [...this.reached.slice(1).map(([, atMs]) => atMs), performance.now()];
    return Object.fromEntries(
      this.reached.map(([state, atMs], index) => [state, (ends[index] ?? atMs) - atMs]),
    );
  }
}

function contextOf(order: AgentOrder, folder: string, clock: PhaseClock): AttemptContext {
  return {
    order: backupOrder(order),
    folder,
    log: {
      say: (_level, text) => {
        if (process.env['FLEETCLONE_BENCH_LOG'] === 'yes')
          process.stderr.write(`${performance.now().toFixed(0)} ${text}\n`);
      },
    },
    logger: createLogger('warn'),
    reach: (state) => {
      clock.reach(state);
      return Promise.resolve();
    },
    onProgress: () => undefined,
    signal: new AbortController().signal,
    mac: { id: 'bench', name: 'bench' },
    stateFolder: order.stateFolder,
    keyFileOf: () => order.target.identityFile,
    assertSourcesAllowed: () => Promise.resolve(),
    keepAwake: () => {
      clock.firstByteAtMs ??= performance.now();
      return Promise.resolve({ description: 'This machine stays awake as it is', release: () => undefined });
    },
    patience: { preflightMs: [], resumeMs: [] },
  };
}

function backupOrder({ target, planFolder, source, name, mode, runId, fence }: AgentOrder): BackupOrder {
  const [firstKey, ...otherKeys] = target.hostKeys.map((key) => PublicKeyLine.parse(key));
  if (firstKey === undefined) throw new Error('the far end has no host key');
  return {
    type: 'backup',
    runId,
    fence,
    plan: { id: 'bench', name: 'bench', slug: 'bench' },
    sourcePaths: [source],
    excludes: [],
    remote: {
      macId: target.hostKeyAlias,
      host: target.host,
      port: target.port,
      user: target.user,
      hostKeys: [firstKey, ...otherKeys],
    },
    credentialId: 'bench',
    planFolder,
    archiveName: name,
    snapshotName: name,
    options: { ...defaultTransferOptions, mode, exclusionGroups: [] },
  };
}
