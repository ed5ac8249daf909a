import type { GateOutcome } from './gate-commands';

/** What the remote printed is not a gate's reply. */
export class GateReplyError extends Error {
  override readonly name = 'GateReplyError';
  readonly code = 'KEYS.GATE_REPLY_MALFORMED';
}

/** The values of each section of a reply, by section and key. */
export type GateReply = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Who owned a plan, and how that ended. */
export interface PreviousClaim {
  /** `unknown` when the run died before it could write its name. */
  readonly runId: string;
  readonly fence: number;
  readonly outcome: GateOutcome | 'unfinished';
}

export interface BeginReply {
  /** Free space for an ordinary user at the plan's folder, in KiB. */
  readonly freeKib: number;
  /** The user the copy is written as; 0 keeps ownership. */
  readonly uid: number;
  /** First line of the remote's `rsync --version`; undefined when it has none. */
  readonly rsync: string | undefined;
  /** What paths inside the rsync module begin with: empty under root, the plan's real folder otherwise. */
  readonly moduleRoot: string;
  /** All of `rsync --version`, printable ASCII only, at most 4000 bytes; undefined when there is no rsync. */
  readonly rsyncVersionText: string | undefined;
  /** Whose claim this attempt's follows; null when there was none, or when this attempt had begun before. */
  readonly previous: PreviousClaim | null;
  /** The name of the newest published snapshot. */
  readonly latestSnapshot: string | null;
  /** Nothing, what attempts left of which none succeeded, or a copy (also when nobody knows how it came about). */
  readonly found: 'nothing' | 'unfinished' | 'copy';
  /** An unpublished snapshot is there. */
  readonly hasPartial: boolean;
  /** `uname -srm` of the remote. */
  readonly system: string;
  /** Of the plan's folder, as the remote calls it (`apfs`, `ext2/ext3`); null when unknown. */
  readonly fileSystem: string | null;
}

export interface HostReply {
  readonly gateVersion: string;
  /** `uname -srm`. */
  readonly system: string;
  readonly uid: number;
  readonly rsync: string | undefined;
  readonly rsyncVersionText: string | undefined;
}

export interface UnchangedReply {
  /** `yes` only when nothing in the folder has a change time after the marker, and no reason to doubt that is known. */
  readonly answer: 'yes' | 'no' | 'unknown';
  readonly reason: string;
}

export interface CloneReply {
  /**
   * `hard-links`: the files are those of the snapshot, so a transfer has to write anew what it touches
   * (`--ignore-times`), or it changes attributes in the snapshot. `clones`: they only share blocks.
   */
  readonly method: 'hard-links' | 'clones';
}

export interface PublishReply {
  readonly snapshot: string;
}

/**
 * Reads the `@@name … @@end` sections of a reply. Lines outside a section are passed over, because a remote shell's
 * start-up files may print some. Throws GateReplyError when there is no complete section or a line in one is odd.
 */
export function parseGateReply(text: string): GateReply {
  const reply = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line === '@@end') {
      section = undefined;
    } else if (section !== undefined) {
      const [, key, value = ''] = /^([a-z][a-z-]*)(?: (.*))?$/s.exec(line) ?? [];
      if (key === undefined)
        throw new GateReplyError(`unexpected line in a gate's reply: ${JSON.stringify(line)}`);
      section.set(key, value);
    } else if (/^@@[a-z]+$/.test(line)) {
      section = new Map();
      reply.set(line.slice(2), section);
    }
  }
  if (section !== undefined || reply.size === 0)
    throw new GateReplyError("a gate's reply is missing or was cut off");
  return reply;
}

/** Reads the reply to `gateCommands.begin`. Throws GateReplyError. */
export function parseBeginReply(text: string): BeginReply {
  const values = sectionOf(text, 'begin');
  return {
    freeKib: numberOf(values, 'free-kib'),
    uid: numberOf(values, 'uid'),
    rsync: valueOf(values, 'rsync') || undefined,
    moduleRoot: valueOf(values, 'module-root'),
    rsyncVersionText: versionTextOf(values),
    previous: previousOf(values),
    latestSnapshot: valueOf(values, 'latest') || null,
    found: oneOf(values, 'found', ['nothing', 'unfinished', 'copy']),
    hasPartial: oneOf(values, 'has-partial', ['yes', 'no']) === 'yes',
    system: valueOf(values, 'system'),
    fileSystem: valueOf(values, 'file-system') || null,
  };
}

/** Reads the reply to `gateCommands.unchanged`. Throws GateReplyError. */
export function parseUnchangedReply(text: string): UnchangedReply {
  const values = sectionOf(text, 'unchanged');
  return { answer: oneOf(values, 'answer', ['yes', 'no', 'unknown']), reason: valueOf(values, 'reason') };
}

const ALTERED_HEAD = '@@altered\n';
const ALTERED_ALL = 'complete';

/**
 * Reads the reply to `gateCommands.altered`: paths seen from the folder that was asked about, one character per byte,
 * the folder itself as an empty one. Null when the gate cannot tell them all. Throws GateReplyError.
 */
export function parseAlteredReply(reply: Buffer): readonly string[] | null {
  const text = reply.toString('latin1');
  const head = text.indexOf(ALTERED_HEAD);
  if (head < 0) throw new GateReplyError("a gate's reply is missing or was cut off");
  const names = text.slice(head + ALTERED_HEAD.length).split('\0');
  if (names.pop() !== ALTERED_ALL) return null;
  return names.map((name) => name.replace(/^\.\/?/, ''));
}

/** Reads the reply to `gateCommands.clone`. Throws GateReplyError. */
export function parseCloneReply(text: string): CloneReply {
  return { method: oneOf(sectionOf(text, 'clone'), 'method', ['hard-links', 'clones']) };
}

/** Reads the reply to `gateCommands.publish`. Throws GateReplyError. */
export function parsePublishReply(text: string): PublishReply {
  return { snapshot: valueOf(sectionOf(text, 'publish'), 'snapshot') };
}

/** Reads the reply to `gateCommands.probeHost`. Throws GateReplyError. */
export function parseHostReply(text: string): HostReply {
  const values = sectionOf(text, 'host');
  return {
    gateVersion: valueOf(values, 'gate'),
    system: valueOf(values, 'system'),
    uid: numberOf(values, 'uid'),
    rsync: valueOf(values, 'rsync') || undefined,
    rsyncVersionText: versionTextOf(values),
  };
}

/** The gate joins the lines by bars, because a value of its reply is one line. */
function versionTextOf(values: ReadonlyMap<string, string>): string | undefined {
  return valueOf(values, 'rsync-version').replaceAll(' | ', '\n') || undefined;
}

function previousOf(values: ReadonlyMap<string, string>): PreviousClaim | null {
  const value = valueOf(values, 'previous');
  if (value === '') return null;
  const claim = /^(?<runId>\S+) (?<fence>\d{1,15}) (?<outcome>\S+)$/.exec(value)?.groups ?? {};
  const parts = new Map(Object.entries(claim));
  return {
    runId: valueOf(parts, 'runId'),
    fence: numberOf(parts, 'fence'),
    outcome: oneOf(parts, 'outcome', ['succeeded', 'partial', 'failed', 'cancelled', 'unfinished']),
  };
}

function sectionOf(text: string, name: string): ReadonlyMap<string, string> {
  const section = parseGateReply(text).get(name);
  if (section === undefined) throw new GateReplyError(`a gate's reply lacks the section ${name}`);
  return section;
}

function valueOf(values: ReadonlyMap<string, string>, key: string): string {
  const value = values.get(key);
  if (value === undefined) throw new GateReplyError(`a gate's reply lacks ${key}`);
  return value;
}

function oneOf<Word extends string>(
  values: ReadonlyMap<string, string>,
  key: string,
  words: readonly Word[],
): Word {
  const value = valueOf(values, key);
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw new GateReplyError(`a gate's reply holds a bad ${key}`);
  return word;
}

function numberOf(values: ReadonlyMap<string, string>, key: string): number {
  const value = valueOf(values, key);
  if (!/^\d{1,15}$/.test(value)) throw new GateReplyError(`a gate's reply holds a bad ${key}`);
  return Number(value);
}
