import type { CauseLayer, CauseSide, TransferCause } from '../cause';

function cause(
  reason: string,
  [layer, side, retryable]: readonly [CauseLayer, CauseSide, boolean],
  message: string,
): TransferCause {
  return { code: `TRANSFER.${reason}`, layer, side, retryable, message };
}

/** Every cause that rsync itself, or we as its keeper, can be stopped by. */
export const CAUSES = {
  CANCELLED: cause(
    'CANCELLED',
    ['agent', 'source', false],
    'The run was cancelled. What was copied so far is kept for the next run; the last good copy is untouched.',
  ),
  SILENT: cause(
    'SILENT',
    ['tool', 'path', true],
    'rsync gave no sign of life for too long and was ended. A disk on either Mac may hang.',
  ),
  TOO_LONG: cause(
    'TOO_LONG',
    ['agent', 'path', true],
    'The run took longer than allowed and was ended. What was copied so far is kept for the next run.',
  ),
  VANISHED: cause(
    'VANISHED',
    ['source', 'source', false],
    'Everything that is still there was copied; some files were deleted on the source Mac during the run.',
  ),
  PARTIAL: cause(
    'PARTIAL',
    ['source', 'path', true],
    'Some files or attributes could not be copied; they are listed.',
  ),
  CHANGED_WHILE_READ: cause(
    'CHANGED_WHILE_READ',
    ['source', 'source', true],
    'Some files changed while they were read; they are listed. The copy may have an earlier state of them. The next run takes them up.',
  ),
  SOURCE_MISSING: cause(
    'SOURCE_MISSING',
    ['source', 'source', false],
    'A folder that the plan names is not on the source Mac. Attach its disk, or change the plan.',
  ),
  SOURCE_EMPTIED: cause(
    'SOURCE_EMPTIED',
    ['source', 'source', false],
    'A source folder is empty although its copy is not, as when its disk is not attached. Nothing was deleted from that copy. Attach the disk; if the folder is meant to be empty, take it out of the plan.',
  ),
  SOURCE_REPLACED: cause(
    'SOURCE_REPLACED',
    ['source', 'source', true],
    'A source folder was exchanged for another one during the run, as when its disk is detached. What was replaced or deleted at the destination is in the archive; run again with the disk attached.',
  ),
  SOURCE_UNREADABLE: cause(
    'SOURCE_UNREADABLE',
    ['agent', 'source', false],
    'The agent may not read some files on the source Mac; they are listed. It must run as root.',
  ),
  SOURCE_IO_ERROR: cause(
    'SOURCE_IO_ERROR',
    ['volume', 'source', true],
    'The source disk could not be read in places; the files are listed. Check that disk soon.',
  ),
  SOURCE_DISK_FAILING: cause(
    'SOURCE_DISK_FAILING',
    ['volume', 'source', true],
    'The source disk fails or was detached in the middle. Attach it again and check it with Disk Utility before the next run; the copy is untouched where it could not be read.',
  ),
  PRIVACY_REFUSED: cause(
    'PRIVACY_REFUSED',
    ['privacy', 'source', false],
    'macOS keeps some files from the agent; they are listed. Give the agent Full Disk Access on the source Mac.',
  ),
  OWNERSHIP_REFUSED: cause(
    'OWNERSHIP_REFUSED',
    ['agent', 'remote', false],
    'The remote account may not set owners. Use root there to keep ownership.',
  ),
  REMOTE_PERMISSION: cause(
    'REMOTE_PERMISSION',
    ['privacy', 'remote', false],
    'The remote may not write some files; they are listed. Check Full Disk Access, locked files and the account there.',
  ),
  REMOTE_PRIVACY_REFUSED: cause(
    'REMOTE_PRIVACY_REFUSED',
    ['privacy', 'remote', false],
    'macOS keeps the remote account from writing. Turn on "Allow full disk access for remote users" in the settings of Remote Login there.',
  ),
  REMOTE_OS_TOO_OLD: cause(
    'REMOTE_OS_TOO_OLD',
    ['tool', 'remote', false],
    'The remote runs a system older than OS X 10.9.5, which cannot take files of OS X Yosemite or later. Update the remote to 10.9.5 or later.',
  ),
  REMOTE_DISK_FAILING: cause(
    'REMOTE_DISK_FAILING',
    ['volume', 'remote', true],
    'The destination disk fails or was detached in the middle. Attach it again and check it with Disk Utility on the remote before the next run.',
  ),
  REMOTE_IO_ERROR: cause(
    'REMOTE_IO_ERROR',
    ['volume', 'remote', true],
    'The destination disk reported errors. Check that disk before anything else.',
  ),
  DISK_FULL: cause(
    'DISK_FULL',
    ['volume', 'remote', false],
    'The destination disk is full. Free space or shorten the retention; what was copied so far is kept.',
  ),
  QUOTA_EXCEEDED: cause(
    'QUOTA_EXCEEDED',
    ['volume', 'remote', false],
    "The account's quota on the destination disk is used up. Raise it or free space.",
  ),
  READ_ONLY_VOLUME: cause(
    'READ_ONLY_VOLUME',
    ['volume', 'remote', false],
    'The destination disk is mounted read-only. Mount it writable; on a Mac check its format and state.',
  ),
  FILE_IO: cause(
    'FILE_IO',
    ['volume', 'remote', false],
    'The remote could not write. Its own words are in the log.',
  ),
  ROOT_MISSING: cause(
    'ROOT_MISSING',
    ['volume', 'remote', true],
    "The plan's folder is not there. The destination disk is probably not attached to the remote.",
  ),
  UNKNOWN_MODULE: cause(
    'UNKNOWN_MODULE',
    ['gate', 'remote', false],
    "The remote's gate does not know this plan. Authorise the credential again.",
  ),
  ROOT_READ_ONLY: cause(
    'ROOT_READ_ONLY',
    ['gate', 'remote', false],
    "The remote's gate lets this credential read but not write.",
  ),
  REQUEST_REFUSED: cause(
    'REQUEST_REFUSED',
    ['gate', 'remote', false],
    "The remote's gate does not allow what was asked. The two Macs' versions may not fit together.",
  ),
  REMOTE_BUSY: cause(
    'REMOTE_BUSY',
    ['gate', 'remote', true],
    'The remote has as many transfers as it takes at once.',
  ),
  SHELL_NOT_CLEAN: cause(
    'SHELL_NOT_CLEAN',
    ['tool', 'remote', false],
    "The remote's shell prints text at login, which spoils the protocol. Make its start-up files silent for such logins.",
  ),
  REMOTE_TOOL_MISSING: cause(
    'REMOTE_TOOL_MISSING',
    ['tool', 'remote', false],
    'There is no usable rsync or gate on the remote. Install them (again).',
  ),
  NO_GREETING: cause(
    'NO_GREETING',
    ['tool', 'remote', true],
    'The remote ended the connection before the transfer began, without a known reason.',
  ),
  TOOL_MISSING: cause(
    'TOOL_MISSING',
    ['tool', 'source', false],
    'rsync could not be started on the source Mac. Install rsync 3.2.7 or later.',
  ),
  SSH_MISSING: cause('SSH_MISSING', ['tool', 'source', false], 'ssh could not be started on the source Mac.'),
  UNSUPPORTED_OPTION: cause(
    'UNSUPPORTED_OPTION',
    ['tool', 'path', false],
    'One of the two rsyncs does not know an option. Detect the tools again; update the older one.',
  ),
  PROTOCOL_MISMATCH: cause(
    'PROTOCOL_MISMATCH',
    ['tool', 'path', false],
    'The two rsyncs do not understand each other. Install rsync 3.2.7 or later on both Macs.',
  ),
  BAD_PATHS: cause(
    'BAD_PATHS',
    ['agent', 'source', false],
    'rsync could not select the files or folders it was given.',
  ),
  UNSUPPORTED_ACTION: cause(
    'UNSUPPORTED_ACTION',
    ['tool', 'remote', false],
    "The remote's rsync lacks something this plan needs, such as extended attributes or zstd. Update it.",
  ),
  CONNECTION_LOST: cause(
    'CONNECTION_LOST',
    ['network', 'path', true],
    'The connection broke during the transfer. What was copied so far is kept and will not be sent again.',
  ),
  TIMED_OUT: cause(
    'TIMED_OUT',
    ['network', 'path', true],
    'Nothing came over the line for a minute. The remote may have gone to sleep, or the network changed.',
  ),
  DIAGNOSTICS: cause('DIAGNOSTICS', ['tool', 'source', false], 'rsync failed in its own diagnostics.'),
  LOCAL_PROCESS: cause(
    'LOCAL_PROCESS',
    ['tool', 'source', true],
    'rsync lost contact with its own helper processes on the source Mac.',
  ),
  TERMINATED: cause(
    'TERMINATED',
    ['agent', 'source', true],
    'rsync was ended from outside, as at a restart of the Mac.',
  ),
  REMOTE_TERMINATED: cause(
    'REMOTE_TERMINATED',
    ['agent', 'remote', true],
    'rsync was ended at the remote: a later attempt took over, or that Mac was restarting. What was copied so far is kept.',
  ),
  OUT_OF_MEMORY: cause(
    'OUT_OF_MEMORY',
    ['tool', 'path', true],
    'rsync ran out of memory on one of the Macs. Split the plan into smaller ones.',
  ),
  MAX_DELETE: cause(
    'MAX_DELETE',
    ['agent', 'remote', false],
    'Everything selected was copied, but more would have been deleted than is allowed, so deletions were held back. Confirm them or check the source.',
  ),
  CRASHED: cause('CRASHED', ['tool', 'source', true], 'rsync crashed or was killed.'),
  UNKNOWN: cause(
    'UNKNOWN',
    ['tool', 'path', true],
    'rsync ended with a code that is not known. Its own words are in the log.',
  ),
} as const satisfies Readonly<Record<string, TransferCause>>;

export type CauseName = keyof typeof CAUSES;
