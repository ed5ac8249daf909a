/** The sets that `[:name:]` stands for, in the C locale: rsync runs in it, so that bytes above 0x7f are in none. */
const NAMED: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  // eslint-disable-next-line no-control-regex -- the control characters are what it is about
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t-\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

const SLASH = 0x2f;

interface ByteClass {
  /** 256 marks, 1 for a byte that the class takes. Never the slash, not even when it is listed or the class negated. */
  readonly members: Uint8Array;
  /** Where the pattern goes on after the closing bracket. */
  readonly end: number;
}

/** Reads a class whose content begins at `begin`; null when it has no end or an unknown name in it. */
export function byteClass(pattern: string, begin: number): ByteClass | null {
  const isNegated = pattern.charAt(begin) === '!' || pattern.charAt(begin) === '^';
  const reader = new ClassReader(pattern, begin + (isNegated ? 1 : 0));
  if (!reader.read()) return null;
  const members = isNegated ? reader.members.map((mark) => 1 - mark) : reader.members;
  members[SLASH] = 0;
  return { members, end: reader.at };
}

class ClassReader {
  readonly members = new Uint8Array(256);
  /** Where a range may begin; null at the start and right after a range or a name. */
  private previous: number | null = null;

  constructor(
    private readonly pattern: string,
    public at: number,
  ) {}

  /** Whether the class has an end. A closing bracket right at its start is a member. */
  read(): boolean {
    do {
      if (this.at >= this.pattern.length || !this.readMember()) return false;
    } while (this.pattern.charAt(this.at) !== ']');
    this.at += 1;
    return true;
  }

  private readMember(): boolean {
    const { pattern } = this;
    const next = pattern.charAt(this.at + 1);
    if (pattern.charAt(this.at) === '-' && this.previous !== null && next !== '' && next !== ']')
      return this.readRange(this.previous);
    if (pattern.charAt(this.at) === '[' && next === ':') {
      const close = pattern.indexOf(']', this.at + 2);
      if (close < 0) return false;
      // Without a second colon it is but a bracket and a colon.
      if (close > this.at + 2 && pattern.charAt(close - 1) === ':') return this.readName(close);
    }
    const byte = this.readByte();
    if (byte === null) return false;
    this.members[byte] = 1;
    this.previous = byte;
    return true;
  }

  private readRange(from: number): boolean {
    this.at += 1;
    const to = this.readByte();
    if (to === null) return false;
    if (to >= from) this.members.fill(1, from, to + 1);
    this.previous = null;
    return true;
  }

  private readName(close: number): boolean {
    const name = this.pattern.slice(this.at + 2, close - 1);
    const set = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
    if (set === undefined) return false;
    for (let byte = 0; byte < 256; byte += 1) if (set.test(String.fromCharCode(byte))) this.members[byte] = 1;
    this.previous = null;
    this.at = close + 1;
    return true;
  }

  /** A byte, escaped or not; null at the pattern's end. */
  private readByte(): number | null {
    if (this.pattern.charAt(this.at) === '\\') this.at += 1;
    if (this.at >= this.pattern.length) return null;
    const byte = this.pattern.charCodeAt(this.at);
    this.at += 1;
    return byte;
  }
}
