// `npm run demo`: a fleet of two on this machine, a real backup, a second one after changes, and an independent comparison.
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunView } from '@fleetclone/contracts';
import { removeTree } from '@fleetclone/testing';
import { changeDemoHome, compareTrees, makeDemoHome, type TreeComparison } from '../demo-home';
import { type DemoFleet, type Folders, startDemoFleet, submitRun } from './demo-fleet';
import { followRun } from './follow-run';
import { formatBytes, formatSeconds, formatTable } from './format';

const out = process.stdout;
const say = (text: string): void => void out.write(`• ${text}\n`);
const isRoot = process.getuid?.() === 0;

interface Step {
  readonly name: string;
  readonly run: RunView;
  readonly comparison: TreeComparison;
}

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.filter((arg) => arg !== '--once');
  if (unknown.length > 0) {
    process.stderr.write(`demo: unknown argument ${unknown.join(' ')}; the only one is --once\n`);
    return 2;
  }
  const interrupted = new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
  const folders = await prepareFolders(join(process.cwd(), 'var', 'demo'));
  const fleet = await startDemoFleet(folders, { say, dist: join(__dirname, '..') });
  try {
    const work = runDemo(fleet, folders);
    const steps = await Promise.race([work, interrupted.then(() => null)]);
    if (steps === null) return 130;
    const isEqual = printTable(steps);
    if (args.includes('--once')) return isEqual ? 0 : 1;
    out.write(`\n  Console    ${fleet.url}\n  Sign in    ${fleet.email}\n  Password   ${fleet.password}\n`);
    out.write(`\n  The copy is at ${fleet.copy}\n  Ctrl-C ends the demo.\n`);
    await interrupted;
    return isEqual ? 0 : 1;
  } finally {
    say('stopping');
    await fleet.stop();
    await rm(join(folders.root, 'demo.pid'), { force: true });
  }
}

/** An empty folder of the demo's own; whatever an earlier demo left goes. */
async function prepareFolders(root: string): Promise<Folders> {
  const pidFile = join(root, 'demo.pid');
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => '0'));
  if (pid > 0 && isAlive(pid)) throw new Error(`a demo is running here already, as process ${pid}`);
  await mkdir(root, { recursive: true });
  await removeTree(root);
  const folders = { root, home: join(root, 'Users', 'ann'), disk: join(root, 'Backup Disk') };
  for (const folder of [root, folders.home, folders.disk]) await mkdir(folder, { recursive: true });
  // As root, the embedded PostgreSQL runs as nobody and must be let through.
  await chmod(root, 0o755);
  await writeFile(pidFile, String(process.pid));
  return folders;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function runDemo(fleet: DemoFleet, folders: Folders): Promise<Step[]> {
  say('making a home folder for studio-mac');
  const made = await makeDemoHome(folders.home, { seed: 1 });
  const counts = `${made.files} files, ${made.folders} folders, ${made.symlinks} symlinks`;
  say(`${counts}, ${formatBytes(made.bytes)}: Unicode both ways, newlines, hard links, xattrs, odd modes`);
  for (const skipped of made.skipped) say(`left out here: ${skipped}`);
  const first = await backUp('first backup', fleet, folders);
  const changes = await changeDemoHome(folders.home, { seed: 2 });
  say(`changed the home folder in ${changes.length} places`);
  const second = await backUp('second backup', fleet, folders);
  return [first, second];
}

async function backUp(name: string, fleet: DemoFleet, folders: Folders): Promise<Step> {
  say(`${name}: studio-mac to backup-mac`);
  const submitted = await submitRun(fleet);
  const run = await followRun(fleet.api, submitted.id, out);
  if (run.state !== 'succeeded')
    throw new Error(`the ${name} ended as ${run.state}: ${run.outcome?.message ?? 'no reason given'}`);
  say('comparing source and copy, file by file, without rsync');
  return {
    name,
    run,
    comparison: await compareTrees(folders.home, fleet.copy, { ownership: isRoot, xattrs: true }),
  };
}

/** Returns whether source and copy were equal each time. */
function printTable(steps: readonly Step[]): boolean {
  const rows = steps.map(({ name, run, comparison }) => [
    name,
    String(run.totals?.filesTotal ?? 0),
    formatBytes(run.totals?.bytesTotal ?? 0),
    String(run.totals?.filesTransferred ?? 0),
    formatBytes(run.totals?.bytesSent ?? 0),
    formatSeconds((run.totals?.durationMs ?? 0) / 1000),
    String(comparison.entries),
    String(comparison.differenceCount),
  ]);
  out.write(
    `\n${formatTable([['', 'files', 'bytes', 'copied', 'bytes sent', 'time', 'compared', 'differences'], ...rows])}\n`,
  );
  // Why owners are left out is said below, in better words.
  const notCompared = new Set(
    steps.flatMap(({ comparison }) => comparison.notCompared.filter((what) => !what.startsWith('owners'))),
  );
  const compared = `names, types, contents, modes,${isRoot ? ' owners,' : ''} times to the nanosecond, link targets, hard links, xattrs`;
  out.write(`\n  Compared: ${compared}.\n`);
  if (!isRoot)
    out.write(
      '  Not compared: owners. Only root can keep the ownership of other users; run the demo as root to see it.\n',
    );
  for (const what of notCompared) out.write(`  Not compared: ${what}\n`);
  for (const { name, comparison } of steps) {
    for (const { path, what } of comparison.differences.slice(0, 20))
      out.write(`  ${name}: ${path}: ${what}\n`);
  }
  return steps.every(({ comparison }) => comparison.differenceCount === 0);
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
    process.stderr.write(
      '      The logs are in var/demo: controller.log, studio-mac.log, backup-mac.log, sshd.log\n',
    );
    process.exitCode = 1;
  },
);
