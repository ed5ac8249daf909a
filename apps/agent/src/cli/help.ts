/** `fleetclone-agent --help`. */
export const helpText = `fleetclone-agent: backs this Mac up to others of its fleet, and takes their backups in

  fleetclone-agent enroll --controller URL [options]   join a fleet; needs a token from its console
  fleetclone-agent run [--state DIR]                   do the work, in the foreground, until SIGTERM
  fleetclone-agent status [--state DIR] [--json]       what this agent is and does
  fleetclone-agent backup SOURCE… --to USER@HOST[:PORT]:FOLDER --identity FILE --host-key FILE.pub [options]
                                                       back up once, without a controller
  fleetclone-agent --version | --help

The enrolment token is best given by the environment variable FLEETCLONE_ENROL_TOKEN or by --token-file:
arguments are visible to every user of this machine while the command runs.

enroll:
  --token T             the enrolment token (visible in ps; see above)
  --token-file FILE     a file that holds it
  --name N              what this Mac is called in the console; default: its host name
  --state DIR           where the agent keeps its identity, keys and journal; default for root:
                        /Library/Application Support/Fleetclone (macOS), /var/lib/fleetclone-agent (Linux);
                        for others ~/.fleetclone-agent
  --replace             enrol again although the state folder is enrolled
  --allow-source DIR    let backups read below DIR only (may be repeated); default: /
  --allow-destination DIR
                        let backups of other Macs in below DIR (may be repeated); default: none
  --ssh-address A       how others reach this Mac (may be repeated); default: its own addresses
  --ssh-port P          default: 22
  --ssh-user U          default: the user that runs the agent, which is the only one it can let keys in for
  --ssh-host-key FILE.pub
                        host keys of this Mac's sshd (may be repeated); default: those in /etc/ssh
  --authorized-keys FILE
                        default: the user's own ~/.ssh/authorized_keys
  --gate-folder DIR     where the gate for other Macs' credentials is kept; default for root:
                        /Library/Fleetclone (macOS), /var/lib/fleetclone-gate (Linux); else in the state folder

backup: FOLDER is the plan's own folder at the remote, below one that the gate there lets the key into.
  --identity FILE       the private key
  --host-key FILE.pub   public host key of the remote's sshd (may be repeated); no other is accepted
  --dry-run             tell entry by entry what would be done, and change nothing
  --snapshots           a whole tree for each run, unchanged files hard-linked; default: one copy and an archive
  --exclude PATTERN, --include PATTERN
                        rsync patterns (may be repeated); a leading slash means this Mac's /
  --no-group ID         take along what the group ID of usual exclusions leaves out (may be repeated)
  --one-file-system     do not descend into other volumes
  --compression C       auto (default), none, lz4, zstd
  --limit RATE          such as '20MB/s; 2MB/s@Mon-Fri/8-18'
  --streams N           connections for large new files over far links; default: auto
  --max-deletes N       delete nothing when more than N entries would be
  --full-scan-days N    compare everything at least so often; default: 7
  --name NAME           what the plan is called in the copy; default: the last part of FOLDER
  --json, --verbose, --state DIR

Environment: FLEETCLONE_ENROL_TOKEN, FLEETCLONE_LOG_LEVEL (trace, debug, info, warn, error, silent).
Exit codes: 0 done, 1 failed, 2 wrong use; of backup also 3 some files are missing, 130 cancelled.
`;
