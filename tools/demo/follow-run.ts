import { setTimeout as pause } from 'node:timers/promises';
import { isFinalRunState, RunView } from '@fleetclone/contracts';
import type { ApiClient } from './api-client';
import { formatBytes, formatSeconds } from './format';

const everyMs = 250;
const barWidth = 28;

/** Shows a run's progress until it ends: one line that changes on a terminal, a line every two seconds elsewhere. */
export async function followRun(api: ApiClient, id: string, out: NodeJS.WriteStream): Promise<RunView> {
  let lastLine = '';
  let lastPrintedAt = 0;
  for (;;) {
    const run = await api.get(`/runs/${id}`, RunView);
    const line = describeRun(run);
    const isEnd = isFinalRunState(run.state);
    if (out.isTTY) out.write(`\r\u001b[K  ${line.slice(0, (out.columns || 100) - 3)}${isEnd ? '\n' : ''}`);
    else if (isEnd || (line !== lastLine && Date.now() - lastPrintedAt > 2_000)) {
      out.write(`  ${line}\n`);
      lastPrintedAt = Date.now();
    }
    lastLine = line;
    if (isEnd) return run;
    await pause(everyMs);
  }
}

function describeRun({ state, progress, waitingFor, outcome }: RunView): string {
  if (isFinalRunState(state)) return `${state}: ${outcome?.message ?? ''}`;
  if (progress === null) return waitingFor === null ? state : `${state}: ${waitingFor}`;
  const { bytesDone, bytesTotal, filesDone, filesTotal, bytesPerSecond, etaSeconds, phase } = progress;
  const share = bytesTotal === null || bytesTotal === 0 ? 0 : Math.min(1, bytesDone / bytesTotal);
  const filled = Math.round(share * barWidth);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
  const files = filesTotal === null ? `${filesDone} files` : `${filesDone} of ${filesTotal} files`;
  const eta = etaSeconds === null ? '' : `  ${formatSeconds(etaSeconds)} left`;
  const rate = bytesPerSecond === 0 ? '' : `  ${formatBytes(bytesPerSecond)}/s`;
  return `${bar} ${phase}  ${formatBytes(bytesDone)}  ${files}${rate}${eta}`;
}
