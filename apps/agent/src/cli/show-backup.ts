import type { LogLine, RunProgress } from '@fleetclone/contracts';
import type { PreviewItem } from '@fleetclone/transfer';
import type { AttemptEnd } from '../supervisor/attempt-end';
import type { AttemptPreview } from '../supervisor/preview-attempt';
import type { BackupCommand } from './parse-backup';

/** What a person, or a script, is told of a backup. */
export interface BackupScreen {
  say(level: LogLine['level'], text: string): void;
  reach(state: string): void;
  progress(progress: RunProgress): void;
  item(item: PreviewItem): void;
  preview(preview: AttemptPreview): void;
  end(end: AttemptEnd, folder: string): void;
}

interface Outputs {
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly isTerminal: boolean;
}

/** Results go to the standard output, as text or JSON; everything on the way to the standard error. */
export function showBackup(
  { isJson, isVerbose }: Pick<BackupCommand, 'isJson' | 'isVerbose'>,
  { writeOut, writeError, isTerminal }: Outputs,
): BackupScreen {
  let line = '';
  const clearLine = (): void => {
    if (line !== '') writeError(`\r${' '.repeat(line.length)}\r`);
    line = '';
  };
  const print = (text: string): void => {
    clearLine();
    writeError(`${text}\n`);
  };
  return {
    say: (level, text) => {
      if (isVerbose || level !== 'info') print(level === 'info' ? text : `${level}: ${text}`);
    },
    reach: (state) => {
      if (isVerbose) print(`— ${state}`);
    },
    progress: (progress) => {
      if (!isTerminal || isJson) return;
      clearLine();
      line = renderProgress(progress).slice(0, 110);
      writeError(line);
    },
    item: (item) => {
      clearLine();
      const { action, kind, path, bytes } = item;
      writeOut(
        isJson
          ? `${JSON.stringify({ action, kind, path: path.display, pathBase64: path.bytes.toString('base64'), bytes })}\n`
          : `${action.padEnd(10)} ${path.display}${bytes > 0 ? `  (${renderBytes(bytes)})` : ''}\n`,
      );
    },
    preview: (preview) => {
      clearLine();
      writeOut(isJson ? `${JSON.stringify({ summary: preview })}\n` : renderPreview(preview));
    },
    end: (end, folder) => {
      clearLine();
      writeOut(isJson ? `${JSON.stringify(end)}\n` : renderEnd(end, folder));
    },
  };
}

function renderPreview({ outcome, counts, bytes }: AttemptPreview): string {
  const { create, rewrite, attributes } = counts;
  const changes = `${create} to create, ${rewrite} to rewrite, ${attributes} with other attributes, ${counts.delete} to delete`;
  const trouble = outcome.code === 'TRANSFER.COMPLETE' ? '' : `${outcome.message} (${outcome.code})\n`;
  return `${trouble}${changes}; ${renderBytes(bytes)} to send. Nothing was changed.\n`;
}

function renderEnd({ state, outcome, totals }: AttemptEnd, folder: string): string {
  const lines = [`${state}: ${outcome.message} (${outcome.code})`];
  if (totals !== null) {
    const seconds = (totals.durationMs / 1000).toFixed(1);
    lines.push(
      `${totals.filesTotal} entries of ${renderBytes(totals.bytesTotal)}; ${totals.filesTransferred} files sent, ${totals.filesDeleted} deleted`,
      `${renderBytes(totals.bytesSent)} sent, ${renderBytes(totals.bytesReceived)} received in ${seconds} s; ${totals.strategy ?? 'full'}, ${totals.compression ?? 'not'} compressed`,
    );
  }
  for (const { path, message } of outcome.fileErrors) lines.push(`  ${path}: ${message}`);
  if (outcome.fileErrorCount > outcome.fileErrors.length)
    lines.push(`  … ${outcome.fileErrorCount} in all; what rsync said of them is in ${folder}`);
  return `${lines.join('\n')}\n`;
}

function renderProgress(progress: RunProgress): string {
  const { phase, bytesDone, bytesTotal, filesDone, bytesPerSecond, etaSeconds } = progress;
  const total = bytesTotal === null ? '' : ` of ${renderBytes(bytesTotal)}`;
  const eta = etaSeconds === null ? '' : `, ${Math.round(etaSeconds)} s left`;
  return `${phase}: ${renderBytes(bytesDone)}${total}, ${filesDone} entries, ${renderBytes(bytesPerSecond)}/s${eta}`;
}

function renderBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1] ?? ''}`;
}
