import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type GateAttempt, gateCommands, parseBeginReply } from '@fleetclone/keys';
import {
  buildTransferArgs,
  type DetectedRsync,
  detectRsync,
  negotiate,
  type RsyncArgument,
  runRsync,
  runSshCommand,
  type SshConfig,
  USUAL_SILENCE_TIMEOUT_MS,
  writeFilterFile,
  writeSshConfig,
} from '@fleetclone/transfer';
import type { AgentOrder } from './agent-order';

const GATE_TIMEOUT_MS = 60_000;

export interface RunOnce {
  readonly isComplete: boolean;
  readonly trouble: string;
  /** By `performance.now()`: the start of the first program that carries data. */
  readonly firstByteAtMs: number;
  readonly notes: string[];
}

/** One run through the gate: claim, rsync, finish. */
export async function runOnce(order: AgentOrder): Promise<RunOnce> {
  if (order.mode !== 'mirror') throw new Error(`the bench agent cannot make ${order.mode} yet`);
  const folder = join(order.stateFolder, 'runs', `${order.runId}.${order.fence}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const ssh = await writeSshConfig(folder, order.target);
  const attempt = attemptOf(order);
  const rsync = await detectRsync();
  const ask = async (command: string, stdin: string): Promise<string> => {
    const answer = await runSshCommand(ssh, command, { stdin, timeoutMs: GATE_TIMEOUT_MS });
    if (answer.exitCode !== 0) throw new Error(`${command}: ${answer.exitCode ?? 'none'} ${answer.stderr}`);
    return answer.stdout.toString();
  };
  const begun = parseBeginReply(await ask(gateCommands.begin(attempt), '{}\n'));
  const args = await buildArgs(order, { rsync, moduleRoot: begun.moduleRoot, folder, ssh });
  let firstByteAtMs = performance.now();
  const { outcome } = await runRsync({
    binary: rsync.binary,
    args,
    folder,
    silenceTimeoutMs: USUAL_SILENCE_TIMEOUT_MS,
    signal: new AbortController().signal,
    onSpawn: () => (firstByteAtMs = performance.now()),
    onProgress: () => undefined,
    onLog: () => undefined,
  });
  const isComplete = outcome.result === 'complete';
  await ask(gateCommands.finish({ ...attempt, outcome: isComplete ? 'succeeded' : 'failed' }), '');
  return {
    isComplete,
    trouble: isComplete ? '' : `${outcome.code}: ${outcome.message}`,
    firstByteAtMs,
    notes: ['full'],
  };
}

interface Prepared {
  readonly rsync: DetectedRsync;
  readonly moduleRoot: string;
  readonly folder: string;
  readonly ssh: SshConfig;
}

async function buildArgs(
  order: AgentOrder,
  { rsync, moduleRoot, folder, ssh }: Prepared,
): Promise<readonly RsyncArgument[]> {
  // Both ends are this machine.
  const system = process.platform === 'darwin' ? 'darwin' : 'linux';
  return buildTransferArgs({
    negotiation: negotiate(rsync, rsync, {
      direction: 'push',
      localSystem: system,
      remoteSystem: system,
      receiverIsRoot: process.getuid?.() === 0,
      destinationFileSystem: null,
    }),
    direction: 'push',
    far: {
      kind: 'gate',
      rsyncPath: gateCommands.rsyncPath(attemptOf(order)),
      moduleRoot,
      sshConfigFile: ssh.configFile,
    },
    mode: { kind: 'mirror', archiveName: order.name },
    pass: { kind: 'full' },
    sourcePaths: [order.source],
    filterFile: await writeFilterFile(folder, [], [order.source]),
    compression: { method: 'zstd', level: 3 },
  });
}

function attemptOf({ planFolder, runId, fence }: AgentOrder): GateAttempt {
  return { planDirectory: planFolder, runId, fence };
}
