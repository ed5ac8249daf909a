/** An argument that the gate would refuse. */
export class InvalidGateArgumentError extends Error {
  override readonly name = 'InvalidGateArgumentError';
  readonly code = 'KEYS.INVALID_GATE_ARGUMENT';
}

const MAX_PATH_BYTES = 1024;
const MAX_FENCE = 999_999_999_999_999;

/**
 * Percent-encodes the UTF-8 bytes of an absolute path outside `[A-Za-z0-9/._-]`, so that it survives every remote
 * shell unchanged. Throws InvalidGateArgumentError for the paths the gate refuses: relative, with empty, `.` or `..`
 * parts, with control characters, `%` or `\`, with a part that begins or ends with a blank, or over 1024 bytes.
 */
export function encodeGateArgument(path: string): string {
  const parts = path.split('/').slice(1);
  const isOdd = (part: string) => /^(?:|\.\.?| .*|.* )$/.test(part);
  if (!path.startsWith('/') || parts.some(isOdd) || /[%\\\p{Cc}\p{Cs}]/u.test(path)) {
    throw new InvalidGateArgumentError(`not a path that can be named to a gate: ${JSON.stringify(path)}`);
  }
  const bytes = Buffer.from(path);
  if (bytes.length > MAX_PATH_BYTES) throw new InvalidGateArgumentError('the path is longer than 1024 bytes');
  return Array.from(bytes, encodeByte).join('');
}

/** A run id as the gate takes it: 1 to 64 of A-Z a-z 0-9 . _ - not beginning with a dot or a dash. */
export function checkRunId(runId: string): string {
  if (!isPlainWord(runId)) throw new InvalidGateArgumentError(`not a run id: ${JSON.stringify(runId)}`);
  return runId;
}

/** The name of a snapshot as the gate takes it: spelt like a run id. */
export function checkSnapshotName(name: string): string {
  if (!isPlainWord(name))
    throw new InvalidGateArgumentError(`not a snapshot's name: ${JSON.stringify(name)}`);
  return name;
}

/** A fence as the gate takes it: a positive whole number of at most 15 digits. */
export function checkFence(fence: number): number {
  if (!Number.isInteger(fence) || fence < 1 || fence > MAX_FENCE) {
    throw new InvalidGateArgumentError(`not a fence: ${fence}`);
  }
  return fence;
}

const isPlainWord = (text: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/.test(text);

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (/[A-Za-z0-9/._-]/.test(character)) return character;
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
