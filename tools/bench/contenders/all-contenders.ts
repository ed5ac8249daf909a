import { borg } from './borg';
import type { Contender } from './contender';
import { fleetclone } from './fleetclone';
import { pipeLimit } from './pipe';
import { rclone } from './rclone';
import { rdiffBackup } from './rdiff-backup';
import { restic } from './restic';
import { rsnapshot } from './rsnapshot';
import { plainRsync, rsyncLinkDest } from './rsync';

/** Everybody who takes part where installed. `agentProgram` is the built bench agent. */
export function allContenders(agentProgram: string): readonly Contender[] {
  return [
    fleetclone(agentProgram, 'mirror'),
    fleetclone(agentProgram, 'snapshots'),
    plainRsync,
    rsyncLinkDest,
    pipeLimit,
    restic,
    borg,
    rsnapshot,
    rdiffBackup,
    rclone,
  ];
}
