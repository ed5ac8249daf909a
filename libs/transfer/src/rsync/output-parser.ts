import { LineSplitter } from '../process/line-splitter';
import { matchProgress, parseLine, type RsyncEvent } from './output-lines';
import { StatsCollector } from './rsync-stats';

export interface RsyncOutputParser {
  /** Takes the next bytes of rsync's stdout, cut anywhere. */
  write(chunk: Buffer): void;
  /** Hands over what came after the last line end. */
  end(): void;
}

/**
 * Reads rsync's stdout as `buildTransferArgs` orders it (rsync ≥ 3.1, `LC_ALL=C`). Names are bytes and stay so; the
 * memory held is bounded whatever comes in.
 */
export function createRsyncOutputParser(onEvent: (event: RsyncEvent) => void): RsyncOutputParser {
  const stats = new StatsCollector();
  const takeLine = (bytes: Buffer): void => {
    let line = bytes.toString('latin1');
    for (let progress = matchProgress(line); progress !== null; progress = matchProgress(line)) {
      onEvent(progress.event);
      line = progress.rest;
    }
    if (line.trim() === '') return;
    if (!stats.take(line)) {
      onEvent(parseLine(line));
      return;
    }
    const complete = stats.complete();
    if (complete !== null) onEvent({ type: 'stats', stats: complete });
  };
  const lines = new LineSplitter(takeLine);
  return { write: (chunk) => lines.write(chunk), end: () => lines.end() };
}
