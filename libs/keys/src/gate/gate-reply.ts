/** What the remote printed is not a gate's reply. */
export class GateReplyError extends Error {
  override readonly name = 'GateReplyError';
  readonly code = 'KEYS.GATE_REPLY_MALFORMED';
}

/** The values of each section of a reply, by section and key. */
export type GateReply = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface BeginReply {
  /** Free space for an ordinary user at the plan's folder, in KiB. */
  readonly freeKib: number;
  /** The user the copy is written as; 0 keeps ownership. */
  readonly uid: number;
  /** First line of the remote's `rsync --version`; undefined when it has none. */
  readonly rsync: string | undefined;
  /** What paths inside the rsync module begin with: empty under root, the plan's real folder otherwise. */
  readonly moduleRoot: string;
}

export interface HostReply {
  readonly gateVersion: string;
  /** `uname -srm`. */
  readonly system: string;
  readonly uid: number;
  readonly rsync: string | undefined;
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
  };
}

/** Reads the reply to `gateCommands.probeHost`. Throws GateReplyError. */
export function parseHostReply(text: string): HostReply {
  const values = sectionOf(text, 'host');
  return {
    gateVersion: valueOf(values, 'gate'),
    system: valueOf(values, 'system'),
    uid: numberOf(values, 'uid'),
    rsync: valueOf(values, 'rsync') || undefined,
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

function numberOf(values: ReadonlyMap<string, string>, key: string): number {
  const value = valueOf(values, key);
  if (!/^\d{1,15}$/.test(value)) throw new GateReplyError(`a gate's reply holds a bad ${key}`);
  return Number(value);
}
