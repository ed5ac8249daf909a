// An agent's part of one run, in a process of its own as in life: the engine is the same, controller and journal are not there.
import { text } from 'node:stream/consumers';
import { canLookAtProcesses, readCpuTimes, readPeakBytes } from '../measure/proc';
import { AgentOrder, type AgentReport } from './agent-order';
import { runOnce } from './run-once';

async function main(): Promise<void> {
  const order = AgentOrder.parse(JSON.parse(await text(process.stdin)));
  const cpuBefore = readCpuTimes('self');
  const startedMs = performance.now();
  const run = await runOnce(order);
  const wallMs = performance.now() - startedMs;
  const cpuAfter = readCpuTimes('self');
  const used = (before = cpuBefore, after = cpuAfter): number | null =>
    before === undefined || after === undefined
      ? null
      : after.own + after.children - before.own - before.children;
  const report: AgentReport = {
    ...run,
    beforeFirstByteMs: run.firstByteAtMs - startedMs,
    wallMs,
    cpuMs: used(),
    peakRssBytes: canLookAtProcesses ? readPeakBytes('self') : null,
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

void main();
