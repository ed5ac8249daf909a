import type { CauseName } from './causes';

/** Exit codes of rsync(1), and those of a shell and of signals (128 + n), where the output tells nothing better. */
export const EXIT_CAUSES: Readonly<Record<number, CauseName>> = {
  1: 'UNSUPPORTED_OPTION',
  2: 'PROTOCOL_MISMATCH',
  3: 'BAD_PATHS',
  4: 'UNSUPPORTED_ACTION',
  5: 'NO_GREETING',
  6: 'DIAGNOSTICS',
  10: 'CONNECTION_LOST',
  11: 'FILE_IO',
  12: 'CONNECTION_LOST',
  13: 'DIAGNOSTICS',
  14: 'LOCAL_PROCESS',
  16: 'CONNECTION_LOST', // openrsync's word for a lost ssh
  19: 'TERMINATED',
  20: 'TERMINATED',
  21: 'LOCAL_PROCESS',
  22: 'OUT_OF_MEMORY',
  25: 'MAX_DELETE',
  30: 'TIMED_OUT',
  35: 'TIMED_OUT',
  // Our own rsync is started without a shell: these are of the shell at the remote, handed on.
  124: 'CONNECTION_LOST',
  125: 'CONNECTION_LOST',
  126: 'REMOTE_TOOL_MISSING',
  127: 'REMOTE_TOOL_MISSING',
  129: 'TERMINATED',
  130: 'TERMINATED',
  143: 'TERMINATED',
  255: 'CONNECTION_LOST',
};

/** What the remote's rsync daemon, or whatever runs in its place, says. */
export const DAEMON_CAUSES: readonly { readonly pattern: RegExp; readonly name: CauseName }[] = [
  // The remote's half tells of its end over the connection, and ours then ends with the same code.
  {
    pattern: /^rsync error: .* \(code (?:19|20)\) at .* \[(?:generator|receiver)=/im,
    name: 'REMOTE_TERMINATED',
  },
  { pattern: /^@ERROR: Unknown module/m, name: 'UNKNOWN_MODULE' },
  { pattern: /^@ERROR: (?:chroot|chdir) failed/m, name: 'ROOT_MISSING' },
  { pattern: /^@ERROR: max connections/m, name: 'REMOTE_BUSY' },
  { pattern: /^@ERROR: /m, name: 'REQUEST_REFUSED' },
  { pattern: /^ERROR: module is read only/m, name: 'ROOT_READ_ONLY' },
  {
    pattern:
      /^(?:rsync: )?(?:\[\w+\] )?(?:The server is configured to refuse|on remote machine: .*unknown option)/m,
    name: 'REQUEST_REFUSED',
  },
  {
    pattern: /^rsync: server sent ".*" rather than greeting|is your shell clean\?/m,
    name: 'SHELL_NOT_CLEAN',
  },
  { pattern: /^(?:rsync: )?(?:\[\w+\] )?Failed to exec /m, name: 'SSH_MISSING' },
  {
    pattern:
      /^(?:\S*sh: .*|\S+: \d+: .*|\S+: line \d+: .*)(?:not found|No such file or directory|Permission denied)\r?$/m,
    name: 'REMOTE_TOOL_MISSING',
  },
];
