import type { SourceScan } from '../catalogue/scan-source';
import type { TransferMode } from '../rsync/transfer-input';
import { chooseStreams, shareOut } from './choose-streams';
import { gotThrough } from './sum-results';
import type { TransferContext } from './transfer-context';

/**
 * On a far line several connections carry more than one: each sends some of the large new files, whole. What they leave
 * undone, and everything about folders, links and deletions, is for the pass that follows and has the last word.
 * False when the connection was lost.
 */
export async function sendLargeFilesApart(
  context: TransferContext,
  mode: TransferMode,
  scan: SourceScan,
): Promise<boolean> {
  const { plan, surroundings } = context;
  const sizes = scan.large.map(([, size]) => size);
  const choice = chooseStreams(plan.streams, surroundings.link, sizes);
  if (sizes.length > 1) context.say(`Connections: ${choice.streams} (${choice.reason}).`);
  if (choice.streams < 2) return true;
  context.streams = choice.streams;
  const whole = { bytes: scan.bytes, files: scan.entries };
  const results = await Promise.all(
    shareOut(scan.large, choice.streams).map(async (paths, index) => {
      const name = `stream-${index + 1}`;
      return context.passes.run({
        name,
        pass: { kind: 'seed', listFile: await context.listFile(name, paths) },
        mode,
        filterFile: null,
        hasOwnConnection: true,
        onProgress: (progress) => context.progress.part(index, progress, whole),
      });
    }),
  );
  context.progress.settle();
  const failed = results.find((result) => !gotThrough(result));
  if (failed !== undefined) context.results.push(failed);
  context.forerunners.push(...results.filter((result) => result !== failed));
  return failed === undefined;
}
