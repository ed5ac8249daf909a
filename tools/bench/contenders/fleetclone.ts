import { join } from 'node:path';
import { type AgentOrder, AgentReport } from '../agent/agent-order';
import { MeasuredProgramError, runMeasured } from '../measure/run-measured';
import { FAR_HOST } from '../run/far-end';
import type { Contender, CopyRun, Stage, Way } from './contender';

/** The engine as the agent runs it, in a process of its own. `agentProgram` is the built bench agent. */
export function fleetclone(agentProgram: string, mode: AgentOrder['mode']): Contender {
  return {
    name: mode === 'mirror' ? 'fleetclone' : 'fleetclone-snapshots',
    command: `fleetclone's engine, ${mode}, through the gate`,
    program: { name: 'rsync', versionArgument: '--version' },
    kind: 'ours',
    reference: mode === 'mirror' ? 'rsync' : 'rsync-link-dest',
    keeps: 'everything',
    excuses: [],
    rounds: 'all',
    open: (stage) => {
      let fence = 0;
      return Promise.resolve({
        run: (way) => {
          fence += 1;
          return runAgent(agentProgram, orderFor(stage, way, mode, fence), way);
        },
        reveal: () => {
          const kept = mode === 'mirror' ? 'current' : join('snapshots', nameOf(fence));
          return Promise.resolve(join(stage.destination, kept, stage.source));
        },
      });
    },
  };
}

const nameOf = (fence: number): string => `run-${String(fence).padStart(4, '0')}`;

function orderFor(stage: Stage, way: Way, mode: AgentOrder['mode'], fence: number): AgentOrder {
  return {
    source: stage.source,
    planFolder: stage.destination,
    mode,
    runId: nameOf(fence),
    fence,
    name: nameOf(fence),
    stateFolder: stage.scratch,
    target: {
      host: '127.0.0.1',
      port: way.port,
      user: stage.far.user,
      hostKeys: [stage.far.hostKey],
      hostKeyAlias: FAR_HOST,
      identityFile: stage.far.gateKey,
    },
  };
}

async function runAgent(program: string, order: AgentOrder, way: Way): Promise<CopyRun> {
  const { output, peakRssBytes } = await runMeasured(process.execPath, [program], {
    input: JSON.stringify(order),
    timeoutMs: way.timeoutMs,
    signal: way.signal,
  });
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  const report = AgentReport.parse(JSON.parse(line));
  if (!report.isComplete) throw new MeasuredProgramError(`fleetclone: ${report.trouble}`);
  return {
    wallMs: report.wallMs,
    cpuMs: report.cpuMs,
    peakRssBytes,
    agentPeakRssBytes: report.peakRssBytes,
    beforeFirstByteMs: report.beforeFirstByteMs,
    phasesMs: report.phasesMs,
    notes: report.notes,
  };
}
