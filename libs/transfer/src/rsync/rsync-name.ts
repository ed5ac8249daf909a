/** A name as it is on disk, and as it may be shown. */
export interface RsyncName {
  /** The exact bytes: names need not be UTF-8. */
  readonly bytes: Buffer;
  /** One line of text, with control characters and bytes that are not UTF-8 written as `\xNN`. */
  readonly display: string;
}

/**
 * Undoes rsync's output escaping under `-8`: control bytes (and a backslash that would read as an escape) come as
 * `\#ooo`, everything else raw. `latin1` is the printed name with one character per byte.
 */
export function decodeRsyncName(latin1: string): RsyncName {
  return new PrintedName(latin1);
}

/** Of the names of many thousand files few are ever looked at. */
class PrintedName implements RsyncName {
  constructor(private readonly printed: string) {}

  get bytes(): Buffer {
    const raw = this.printed.replace(/\\#([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(parseInt(octal, 8) & 0xff),
    );
    return Buffer.from(raw, 'latin1');
  }

  get display(): string {
    return displayBytes(this.bytes);
  }
}

/** Bytes as one safe line: nothing in it can act on a terminal, break a line or turn the writing direction. */
export function displayBytes(bytes: Buffer): string {
  const latin1 = bytes.toString('latin1');
  if (/^[ -~]*$/.test(latin1)) return latin1; // nearly always, and ten times quicker
  return decodeUtf8(bytes).replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, hexEscape);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    // Not UTF-8 as a whole: keep what is ASCII, show the rest as bytes.
    return bytes.toString('latin1').replace(/[\x80-\xff]/g, hexEscape);
  }
}

function hexEscape(text: string): string {
  const bytes =
    text.length === 1 && text.charCodeAt(0) <= 0xff ? Buffer.from(text, 'latin1') : Buffer.from(text);
  return [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
