import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJsonFile, readIdentity } from '../config/identity';
import { readFileIfAny } from '../config/durable-file';
import { findLockHolder } from '../config/instance-lock';
import type { StateFolder } from '../config/state-folder';
import { AgentStatus } from '../daemon/agent-status';
import { AttemptJournal } from '../journal/attempt-journal';
import { parseAttemptFolder } from '../journal/journal';
import { agentVersion } from '../version';

/** What `status --json` prints. */
export interface StatusReport {
  readonly version: string;
  readonly mac: { readonly id: string; readonly name: string };
  readonly controllerUrl: string;
  /** Null when no agent is running. */
  readonly process: { readonly pid: number; readonly startedAt: string } | null;
  readonly lastContactAt: string | null;
  readonly unsentReports: number;
  readonly activeRuns: AgentStatus['activeRuns'];
}

/** Looks without touching anything. Throws `NotEnrolledError`. */
export async function readStatus(folder: StateFolder): Promise<StatusReport> {
  const identity = await readIdentity(folder);
  const holder = await findLockHolder(folder.lockFile);
  const text = await readFileIfAny(folder.statusFile);
  const left = text === undefined ? undefined : parseJsonFile(folder.statusFile, text, AgentStatus);
  const current = holder !== undefined && left !== undefined ? left : await readJournal(folder.runsFolder);
  return {
    version: agentVersion,
    mac: { id: identity.macId, name: identity.name },
    controllerUrl: identity.controllerUrl,
    process: holder === undefined ? null : { pid: holder.pid, startedAt: left?.startedAt ?? '' },
    lastContactAt: left?.lastContactAt ?? null,
    unsentReports: current.unsentReports,
    activeRuns: current.activeRuns,
  };
}

async function readJournal(runsFolder: string): Promise<Pick<AgentStatus, 'unsentReports' | 'activeRuns'>> {
  const attempts = (
    await Promise.all((await listFolder(runsFolder)).map((name) => readAttempt(runsFolder, name)))
  ).flat();
  return {
    unsentReports: attempts.reduce((sum, attempt) => sum + attempt.pending.length, 0),
    activeRuns: attempts
      .filter((attempt) => attempt.result === undefined)
      .map(({ key, record, state }) => ({
        ...key,
        planName: record.order?.plan.name ?? '',
        state: state ?? 'accepted',
        progress: null,
      })),
  };
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return []; // nothing was ever run
  }
}

async function readAttempt(runsFolder: string, name: string): Promise<AttemptJournal[]> {
  const key = parseAttemptFolder(name);
  if (key === undefined) return [];
  try {
    const deps = { now: () => new Date(), onProblem: () => undefined };
    return [await AttemptJournal.read(join(runsFolder, name), key, deps)];
  } catch {
    return []; // damaged: the agent sets it aside when it starts
  }
}

/** The status for people. */
export function renderStatus(report: StatusReport, now: Date): string {
  const { process, activeRuns } = report;
  const running =
    process === null ? 'not running' : `running since ${process.startedAt}, process ${process.pid}`;
  const lines = [
    `Mac             ${report.mac.name} (${report.mac.id})`,
    `Controller      ${report.controllerUrl}`,
    `Agent           ${running}, version ${report.version}`,
    `Last contact    ${report.lastContactAt === null ? 'never' : describeAge(report.lastContactAt, now)}`,
    `Unsent reports  ${report.unsentReports}`,
    `Runs            ${activeRuns.length === 0 ? 'none' : `${activeRuns.length} under way`}`,
    ...activeRuns.map(
      (one) =>
        `  ${one.planName}: ${one.state}${renderProgress(one.progress)} (run ${one.runId}, attempt ${one.fence})`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function renderProgress(progress: AgentStatus['activeRuns'][number]['progress']): string {
  if (progress === null) return '';
  const { bytesDone, bytesTotal, filesDone, bytesPerSecond, etaSeconds } = progress;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const total = bytesTotal === null ? '' : ` of ${megabytes(bytesTotal)}`;
  const eta = etaSeconds === null ? '' : `, ${Math.round(etaSeconds)} s left`;
  return `, ${megabytes(bytesDone)}${total}, ${filesDone} files, ${megabytes(bytesPerSecond)}/s${eta}`;
}

function describeAge(at: string, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - new Date(at).getTime()) / 1000));
  return seconds < 120 ? `${seconds} s ago` : at;
}
