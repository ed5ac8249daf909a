import type { FileXattrs, XattrsByPath } from './file-xattrs';

/** What `setfattr --restore` reads: names escaped in octal, values in hexadecimal (setfattr(1)). */
export function formatFattr(items: readonly FileXattrs[]): Buffer {
  const blocks = items.map(({ path, xattrs }) => {
    const lines = [...xattrs].map(
      ([name, value]) => `user.${name}=${value.length === 0 ? '""' : `0x${value.toString('hex')}`}`,
    );
    return [`# file: ${escapeOctal(path.toString('latin1'))}`, ...lines, '', ''].join('\n');
  });
  return Buffer.from(blocks.join(''), 'latin1');
}

/** Reads what `getfattr -d -e hex` prints, piece by piece. Everything is Latin-1, so that bytes stay bytes. */
export class FattrParser {
  private readonly found = new Map<string, Map<string, string>>();
  private current: Map<string, string> | undefined;
  private unfinished = '';

  append(text: string): void {
    const lines = (this.unfinished + text).split('\n');
    this.unfinished = lines.pop() ?? '';
    for (const line of lines) this.readLine(line);
  }

  finish(): XattrsByPath {
    this.append('\n');
    return this.found;
  }

  private readLine(line: string): void {
    if (line.startsWith('# file: ')) {
      const path = unescapeOctal(line.slice('# file: '.length));
      this.current = new Map();
      this.found.set(path === '.' ? '' : path.replace(/^\.\//, ''), this.current);
      return;
    }
    const equals = line.indexOf('=');
    if (equals < 0) return;
    // The value is hexadecimal, so the first "=" ends the name; one within it is escaped.
    this.current?.set(
      unescapeOctal(line.slice(0, equals)).replace(/^user\./, ''),
      line.slice(equals + 1).replace(/^0x/, ''),
    );
  }
}

function escapeOctal(text: string): string {
  return text.replace(
    /[\n\r\\]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
