const SLASH = Buffer.from('/');

/** Names are bytes, not text: on Linux they need not be UTF-8. */
export function joinBytes(folder: Buffer, name: Buffer | string): Buffer {
  const tail = typeof name === 'string' ? Buffer.from(name) : name;
  if (folder.length === 0) return tail;
  return tail.length === 0 ? folder : Buffer.concat([folder, SLASH, tail]);
}

/** The last part of a path, and what is before it (empty for a path of one part). */
export function splitBytes(path: Buffer): { readonly folder: Buffer; readonly name: Buffer } {
  const slash = path.lastIndexOf(0x2f);
  return { folder: path.subarray(0, Math.max(0, slash)), name: path.subarray(slash + 1) };
}

/** One byte, one character: a text that can be a key of a Map. */
export function bytesToKey(path: Buffer): string {
  return path.toString('latin1');
}

/**
 * A name as it may be shown on a terminal, and so that two different names never look alike: control characters,
 * combining marks and bytes that are not UTF-8 are spelled out.
 */
export function printable(name: Buffer): string {
  const text = name.toString('utf8');
  if (!Buffer.from(text).equals(name)) {
    return [...name]
      .map((byte) => (byte >= 0x20 && byte < 0x7f && byte !== 0x5c ? String.fromCharCode(byte) : hex(byte)))
      .join('');
  }
  return text.replace(/[\p{C}\p{M}\p{Zl}\p{Zp}\\]/gu, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\\') return '\\\\';
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
