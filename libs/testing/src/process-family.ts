import { listProcesses, type ProcessRow } from './process-table';

/** A program, its descendants in whatever process group, and all members of the group it leads. */
export class ProcessFamily {
  private members: readonly ProcessRow[] = [];
  private looking: Promise<unknown> = Promise.resolve();

  constructor(private readonly rootPid: number) {}

  /**
   * Looks at the process table again and returns how many of the family live. `includeGroup` takes in the whole
   * process group; say it only while the group's number certainly is the program's own.
   */
  look({ includeGroup }: { readonly includeGroup: boolean }): Promise<number> {
    const next = this.looking.then(async () => {
      this.members = growFamily(this.members, await listProcesses(), includeGroup ? this.rootPid : undefined);
      return this.members.length;
    });
    this.looking = next.catch(() => undefined);
    return next;
  }

  signalGroup(signal: NodeJS.Signals): void {
    sendSignal(-this.rootPid, signal);
  }

  signalEach(signal: NodeJS.Signals): void {
    for (const { pid } of this.members) sendSignal(pid, signal);
  }
}

/** The known members that still live, plus the members of the group, plus all descendants of both. */
export function growFamily(
  known: readonly ProcessRow[],
  rows: readonly ProcessRow[],
  groupId: number | undefined,
): readonly ProcessRow[] {
  const startOf = new Map(known.map((row) => [row.pid, row.startedAt]));
  const isSeed = (row: ProcessRow) => startOf.get(row.pid) === row.startedAt || row.groupId === groupId;
  const childrenOf = new Map<number, ProcessRow[]>();
  for (const row of rows) childrenOf.set(row.parentPid, [...(childrenOf.get(row.parentPid) ?? []), row]);

  const family = new Set<ProcessRow>();
  const pending = rows.filter(isSeed);
  for (let row = pending.pop(); row !== undefined; row = pending.pop()) {
    if (family.has(row)) continue;
    family.add(row);
    pending.push(...(childrenOf.get(row.pid) ?? []));
  }
  return [...family];
}

function sendSignal(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    // Already gone is what we want. EPERM is macOS's answer for a group of zombies only.
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
