import { z } from 'zod';

/** Part of a folder name at the destination and of URLs: lower-case letters, digits and inner hyphens, at most 63. */
export const Slug = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be lower-case letters, digits and inner hyphens, at most 63',
  );
export type Slug = z.infer<typeof Slug>;

/** What people call a thing; no control characters, so that it is safe in logs and terminals. */
export const DisplayName = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(120)
  .regex(/^\P{Cc}*$/u, 'must not contain control characters');

const hasNoDotComponents = (path: string): boolean =>
  !path.split('/').some((part) => part === '.' || part === '..');

/** An absolute POSIX path of at most 1,024 bytes, with no `.` or `..` component and no control characters. */
export const AbsolutePath = z
  .string()
  .startsWith('/', 'must be an absolute path')
  .regex(/^\P{Cc}*$/u, 'must not contain control characters')
  .refine(hasNoDotComponents, 'must not contain . or .. components')
  .refine((path) => new TextEncoder().encode(path).length <= 1024, 'must be at most 1,024 bytes')
  .overwrite((path) => path.replace(/\/+/g, '/').replace(/(?<=.)\/$/, ''));
export type AbsolutePath = z.infer<typeof AbsolutePath>;

/**
 * A folder at the destination. Besides the rules of every path it may hold no `%` and no backslash, and neither begin nor
 * end a component with a blank: the rsync daemon's configuration file gives those a meaning of its own.
 */
export const DestinationFolder = AbsolutePath.refine(
  (path) => path !== '/' && !/[%\\]/.test(path) && !path.split('/').some((part) => part !== part.trim()),
  'must be a folder below /, without % or backslash, and without leading or trailing blanks in its parts',
);

/** A pattern of rsync(1), "PATTERN MATCHING RULES"; a leading slash means the source Mac's `/`. It is never read as another kind of rule. */
export const FilterPattern = z
  .string()
  .trim()
  .min(1)
  .max(1024)
  .regex(/^\P{Cc}+$/u, 'must be one line without control characters');

/** A host name (RFC 1123), an IPv4 address or an IPv6 address; never something that ssh would read as an option. */
export const HostName = z
  .string()
  .max(253)
  .regex(
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+(?:%[A-Za-z0-9]+)?)$/,
    'must be a host name or an IP address',
  );

export const Port = z.int().min(1).max(65535);

/** An account name as POSIX systems accept it. */
export const UserName = z.string().regex(/^[a-z_][a-z0-9_.-]{0,31}$/, 'must be a POSIX account name');

/** An OpenSSH public key without options and without comment, as in `ssh-ed25519 AAAA…`. */
export const PublicKeyLine = z
  .string()
  .max(8192)
  .regex(
    /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) [A-Za-z0-9+/]+={0,2}$/,
    'must be an OpenSSH public key without comment',
  );

/** An instant in UTC, ISO 8601. */
export const Instant = z.iso.datetime();

/** A size or count that may exceed 2^31 but stays exact in JSON. */
export const Count = z.int().nonnegative();

/** Names the attempt at a run: raised by one at every dispatch, so that a late or lost attempt can be told apart. */
export const Fence = z.int().positive();

/** A submission's own name, chosen by the submitter: the same key always means the same run. */
export const IdempotencyKey = z
  .string()
  .min(8, 'must be at least 8 characters')
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without blanks');

// C0 controls but tab, DEL, and C1 controls.
const controlCharacters = /[^\P{Cc}\t]/gu;

/** Text from an agent, shown to people: cut to length, control characters but tab replaced, so that nothing can act on a terminal. */
export const reportedText = (maxLength: number) =>
  z.string().overwrite((text) => text.slice(0, maxLength).replace(controlCharacters, '\ufffd'));
