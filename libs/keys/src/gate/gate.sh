#!/bin/sh
# gate.sh <credential-id>: the forced command of one credential in authorized_keys. It lets the holder of
# that key write backups below the folders listed in credentials/<credential-id>.roots, read below those
# listed in credentials/<credential-id>.sources, and nothing else. Without such a file nothing is written
# or nothing is read. State lies in the folder this script lies in; no environment variable and no argument
# can move it.
#
#   fc probe clock                                                   seconds since 1970
#   fc probe host                                                    @@host … @@end
#   fc probe sink                                  data on stdin     a line before and one after reading it
#   fc begin <plan-dir> <run-id> <fence>           plan on stdin     @@begin … @@end
#   fc unchanged <plan-dir> <run-id> <fence> <since-run> <since-fence> <current|snapshots/NAME>
#                                                                    @@unchanged … @@end
#   fc altered <plan-dir> <run-id> <fence> <since-run> <since-fence> <current|snapshots/NAME>
#                                                                    @@altered, names ended by NUL, a status
#   fc clone <plan-dir> <run-id> <fence> <snapshot>                  @@clone … @@end
#   fc rsync <plan-dir> <run-id> <fence> --server --daemon .         the rsync daemon protocol on that folder
#   fc publish <plan-dir> <run-id> <fence> <snapshot>                @@publish … @@end
#   fc finish <plan-dir> <run-id> <fence> <outcome>                  @@finish … @@end
#   fc send <source-path> <run-id> --server --daemon .               the rsync daemon protocol, read-only
#
# Exit: 0 done, 65 bad plan document, 66 no such snapshot or source, 69 no rsync here, 73 the snapshot's name
# is taken, 74 cannot work here (no space left, among others), 75 busy: an older transfer will not stop, or
# folders are being exchanged, 76 superseded, 77 denied, 78 no such root.
#
# WHO OWNS A PLAN is decided by claims: .fleetclone/lock/claim.<fence> holds "<run-id> <fence>" (and the
# outcome once finished). A claim is created with O_EXCL, so one run gets a fence; the greatest fence is
# the owner; the greatest claim is never removed, so a late loser can never begin again. No mutex is
# needed: a newcomer claims first and stops older transfers second, a transfer registers first
# (run/*.conf) and looks at the claims second, so one of the two always sees the other. The verbs that
# exchange whole folders (clone, publish) register likewise (run/*.work): a newcomer ends them too, and
# they and the transfers of their own attempt exclude each other.
#
# A FULL DISK must not lock anybody out: a transfer that ends for lack of room leaves a disk on which not even
# a claim can be written. So .fleetclone/reserve holds some blocks that are given up when the state of the
# plan cannot be written otherwise, and made anew when there is room.
#
# WHETHER THE COPY IS UNCHANGED since a run succeeded is told by change times, which nothing but a wrong
# clock can set: the finish of that run leaves .fleetclone/marker, the next "fc begin" takes it to
# .fleetclone/asked, and "fc unchanged" and "fc altered" look for anything newer. Both are for the time before
# an attempt sends anything. Whatever makes the answer doubtful is "unknown": a marker of another run, none
# (whoever begins takes it, and begins again without), one that was copied here (it knows its inode), a clock
# that stands before it, a file system without true change times, a disk mounted inside the folder, a find
# that cannot compare. What remains unseen, so that a run that compares everything is due now and then: edits
# while the run itself was under way, edits by a machine whose clock was behind (also after carrying the disk
# there), a clock that was set back for the edit and set right again, blocks written past the file system,
# and the loss of power on a disk mounted with "lazytime".
#
# A SNAPSHOT is made as "partial", by clone or by --link-dest, and published by one rename. Published ones are
# open to the data path as link bases only. But files without changes are one file in all snapshots, and
# rsync sets the attributes of an existing file in place: a transfer into a partial of hard links keeps
# the published ones as they are only if it writes what it touches anew (--ignore-times).
#
# WHAT THE DATA PATH CAN REACH. As root, rsync is locked into the plan's folder by chroot, whatever
# symbolic links it is sent. Inside it only current, archive and partial are open to it by name for writing,
# and never through a link that is there when a transfer begins; but a hostile client that plants one
# during a transfer may still be led to the snapshots and to .fleetclone of its own plan, so nothing there
# is trusted: it is never followed through a link, and only values that pass the checks below are used.
# As an ordinary user there is no chroot, and rsync would rewrite absolute links if confined to a folder
# by its module path; so the module is "/" and the confinement is by name only: a hostile client that
# first plants a link can write whatever this user can write. Ownership cannot be kept either. Root is
# the real mode; the other one is for trials. What "fc send" serves is confined in the same way: by chroot
# as root; as an ordinary user a hostile client can read through the links that it finds.
set -fu
umask 022
PATH=/usr/bin:/bin:/usr/sbin:/sbin
LC_ALL=C
IFS=' '
newline='
'
export PATH LC_ALL
unset CDPATH
gate_version=3
reserve_bytes=262144
most_altered_bytes=1000000
registration=

leave() { # <exit code> <reason>
  printf 'fc-gate: %s\n' "$2" >&2
  exit "$1"
}

deny() {
  shown=$(printf '%.200s' "$command" | tr -c '[:print:]' '?')
  line="denied credential=$credential command=$shown"
  logger -t fc-gate -- "$line" >/dev/null 2>&1
  (
    umask 077
    log=$base/gate.log
    [ ! -f "$log" ] || [ "$(wc -c <"$log")" -lt 262144 ] || mv -f "$log" "$log.1"
    printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$line" >>"$log"
  ) 2>/dev/null
  leave 77 denied
}

# ---- arguments ----

decode() { # percent-decodes a path into $decoded; false unless it is absolute, plain and unambiguous
  # Control characters, "%" and "\" are refused in their encoded form: they could break out of a line of
  # rsyncd.conf, and a trailing newline would not survive the command substitution below.
  case $1 in /*) ;; *) return 1 ;; esac
  case $1 in *%[01]?* | *%7[Ff]* | *%25* | *%5[Cc]*) return 1 ;; esac
  # Splitting at "%" is quick in every shell; bash takes seconds to cut a long word piece by piece.
  case $1 in *%) return 1 ;; esac
  decoded=$1
  case $1 in
    *%*) ;;
    *) plain_path "$decoded" && [ "${#decoded}" -le 1024 ] && return ;;
  esac
  IFS=%
  # shellcheck disable=SC2086
  set -- $1
  IFS=' '
  format=$1
  shift
  for piece; do
    case $piece in
      [2-9A-Fa-f][0-9A-Fa-f]*) ;;
      *) return 1 ;;
    esac
    tail=${piece#??}
    byte=$((0x${piece%"$tail"}))
    format=$format\\$((byte / 64))$((byte / 8 % 8))$((byte % 8))$tail
  done
  # shellcheck disable=SC2059 # made above of [A-Za-z0-9/._-] and octal escapes only, so printf decodes it
  decoded=$(printf "$format")
  [ "${#decoded}" -le 1024 ] && plain_path "$decoded"
}

plain_path() { # true for an absolute path with no odd components and nothing that rsyncd.conf would read
  case $1 in
    *[[:cntrl:]]* | *[%\\]*) return 1 ;;
    /?*) ;;
    *) return 1 ;;
  esac
  case $1/ in *//* | */./* | */../* | *'/ '* | *' /'*) return 1 ;; esac
}

plain_word() { # true for an identifier of ours
  case $1 in '' | [.-]* | *[!A-Za-z0-9._-]*) return 1 ;; esac
  [ "${#1}" -le 64 ]
}

plain_fence() { # at most 15 digits, so every shell and JavaScript compare it exactly
  case $1 in '' | 0* | *[!0-9]*) return 1 ;; esac
  [ "${#1}" -le 15 ]
}

# ---- folders: every step is a cd that is checked afterwards, so a link swapped in at any moment is noticed ----
# After "cd -P" every shell has the physical path in PWD, which spares a process for each "pwd -P".

choose_root() { # sets $root to the allowed folder above $plan that exists
  root='' matched=no
  [ -f "$roots" ] || deny
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%/}
    case $plan in "$line"/?*) ;; *) continue ;; esac
    matched=yes
    [ -d "$line/" ] || continue
    root=$line/
    break
  done <"$roots"
  [ "$matched" = yes ] || deny
  # A root that is missing is an unmounted volume: creating it would fill the disk below the mount point.
  [ -n "$root" ] || leave 78 'no such root'
}

enter_plan() { # <create|keep>: makes the plan's folder the working directory and $plan its physical path
  choose_root
  cd -P "$root" 2>/dev/null || leave 78 'no such root'
  real_root=${PWD%/}
  rest=${plan#"$root"}
  while [ -n "$rest" ]; do
    name=${rest%%/*}
    rest=${rest#"$name"}
    rest=${rest#/}
    problem=
    [ "$1" = keep ] || [ -e "./$name" ] || [ -L "./$name" ] || problem=$(mkdir "./$name" 2>&1)
    cd -P "./$name" 2>/dev/null || cannot 'enter the plan folder'
    case $PWD in "$real_root"/?*) ;; *) deny ;; esac
    # One plan inside another would put its state within reach of the outer plan's transfers.
    [ -z "$rest" ] || [ ! -e ./.fleetclone ] || deny
  done
  plain_path "$PWD" || deny
  plan=$PWD
  [ "$(pwd -P)" = "$plan" ] || unusable
  module_root=
  [ "$user" = 0 ] || module_root=$plan
}

enter() { # <create|keep> <name>: goes into a folder of ours below the working directory, never through a link
  expected=$PWD/$2
  if [ ! -d "./$2" ] && [ ! -L "./$2" ]; then
    [ "$1" = create ] || leave 76 'not begun'
    problem=$( (umask 077 && mkdir "./$2") 2>&1) || ! known_obstacle || cannot 'make the state folder'
  fi
  if [ -L "./$2" ] || ! cd -P "./$2" 2>/dev/null || [ "$PWD" != "$expected" ]; then unusable; fi
}

enter_lock() { # <create|keep>
  enter "$1" .fleetclone
  enter "$1" lock
  reserve=../reserve
}

leave_lock() { # back from lock/ to the state folder of the plan
  cd -P .. 2>/dev/null || unusable
  [ "$PWD" = "$plan/.fleetclone" ] || unusable
  reserve=./reserve
}

leave_state() { # back from there to the folder of the plan
  cd -P .. 2>/dev/null || unusable
  [ "$PWD" = "$plan" ] || unusable
  reserve=./.fleetclone/reserve
}

real_folder() { # true for a folder that is no link to one
  [ -d "$1" ] && [ ! -L "$1" ]
}

holds_anything() { # true for a real folder with something in it
  real_folder "$1" || return 1
  set +f
  set -- "$1"/* "$1"/.[!.]* "$1"/..?*
  set -f
  for entry; do
    if [ -e "$entry" ] || [ -L "$entry" ]; then return 0; fi
  done
  return 1
}

unusable() { leave 74 'the state folder of this plan is not usable'; }

# ---- writing, on disks that may be full ----

known_obstacle() { # true when $problem, what a tool said, tells of a disk that takes nothing; sets $obstacle
  # The words are those of strerror(3) in the C locale, the same on Linux and macOS but for one letter.
  case $problem in
    *'No space left on device'*) obstacle='no space left' ;;
    *[Dd]is[ck]' quota exceeded'*) obstacle='quota used up' ;;
    *'Read-only file system'*) obstacle='disk is read-only' ;;
    *) return 1 ;;
  esac
}

cannot() { # <what>: leaves with what kept us from it, as $problem tells
  if known_obstacle; then leave 74 "$obstacle at the destination"; fi
  leave 74 "cannot $1"
}

create() { # <path> <text>: makes a file that is not there yet, whole or not at all; if false, $problem says why
  # "made" is said only after the O_EXCL open, so what is taken away again is never somebody else's file. The
  # text goes through cat because not every shell's own printf tells what went wrong.
  problem=$(printf %s "$2" 2>/dev/null | (umask 077 && set -C && { echo made >&2 && cat; } >"$1") 2>&1) && return
  case $problem in made*) rm -f "$1" ;; esac
  false
}

write() { # <path> <text>: the same, at the price of the reserve if need be
  until create "$1" "$2"; do
    if ! known_obstacle || ! give_up_reserve; then return 1; fi
  done
}

discard() { # <path>: false when it cannot be removed; asks rm only if there is something
  if [ ! -e "$1" ] && [ ! -L "$1" ]; then return 0; fi
  rm -f "$1" 2>/dev/null
}

put() { # <name> <text>: replaces a file of ours in the working directory, at once and never through a link
  new=./.new.$$~
  discard "$new"
  [ ! -L "./$1" ] || rm -f "./$1"
  problem=
  [ ! -d "./$1" ] && write "$new" "$2" && problem=$(mv -f "$new" "./$1" 2>&1) && return
  rm -f "$new"
  cannot 'write the state of this plan'
}

give_up_reserve() { # true when there was one, so that it is worth trying again
  [ -f "$reserve" ] && [ ! -L "$reserve" ] && rm -f "$reserve" 2>/dev/null
}

keep_reserve() { # makes it if it is missing and leaves at least thrice as much free
  [ ! -f "$reserve" ] || [ -L "$reserve" ] || [ "$(($(wc -c <"$reserve")))" != "$reserve_bytes" ] || return 0
  look_at_disk
  [ "$free_kib" -ge "$((reserve_bytes / 256))" ] || return 0
  new=./.new.$$~
  discard "$new"
  [ ! -L "$reserve" ] || rm -f "$reserve"
  # Random, because a file system that compresses would keep a place of zeros free of charge.
  [ ! -d "$reserve" ] && (umask 077 && set -C && head -c "$reserve_bytes" /dev/urandom >"$new") 2>/dev/null &&
    mv -f "$new" "$reserve" 2>/dev/null && return
  rm -f "$new"
}

# ---- ownership ----

read_owner() { read_claim 999999999999999; }

read_claim() { # <fence>: sets $owner_fence to the greatest claim up to it (0: none)
  # and $owner_run and $owner_outcome to what that says.
  owner_fence=0 owner_run='' owner_outcome=''
  set +f
  for claim in ./claim.*; do
    number=${claim#./claim.}
    plain_fence "$number" && [ "$number" -gt "$owner_fence" ] && [ "$number" -le "$1" ] && owner_fence=$number
  done
  set -f
  [ "$owner_fence" != 0 ] || return 0
  # The creator writes its line a moment after the O_EXCL open; an empty claim later than that is of a run
  # that died in between, whose name nobody will ever know.
  for _ in 1 2 3; do
    claimed_fence=''
    [ -f "./claim.$owner_fence" ] && [ ! -L "./claim.$owner_fence" ] &&
      read -r owner_run claimed_fence owner_outcome 2>/dev/null <"./claim.$owner_fence"
    [ "$claimed_fence" != "$owner_fence" ] || break
    pause
  done
  plain_word "$owner_run" || owner_run=unknown
}

pause() { sleep 0.1 2>/dev/null || sleep 1; }

superseded() {
  [ "$owner_fence" != 0 ] || leave 76 'not begun'
  leave 76 "superseded by $owner_run $owner_fence"
}

claim() { # makes this run and fence the owner, or leaves; $again tells whether it was before
  again=
  while :; do
    read_owner
    [ "$owner_fence" -le "$fence" ] || superseded
    if [ "$owner_fence" = "$fence" ]; then
      case $owner_run in "$run" | unknown) ;; *) superseded ;; esac
      again=yes
      [ "$owner_run $owner_outcome" = "$run " ] || put "claim.$fence" "$run $fence$newline"
    elif ! write "./claim.$fence" "$run $fence$newline"; then
      attempts=$((${attempts:-0} + 1))
      if known_obstacle || [ "$attempts" -gt 5 ]; then cannot 'write the state of this plan'; fi
      continue # somebody else was first; who it was is read above
    fi
    read_owner
    [ "$owner_run $owner_fence" = "$run $fence" ] || superseded
    return
  done
}

read_previous() { # sets $previous to the claim that ours took the plan over from, or to nothing
  previous=
  [ -z "$again" ] || return 0
  # Looked for after our own claim, so nobody can have worked here in between without being seen.
  read_claim "$((fence - 1))"
  [ "$owner_fence" != 0 ] || return 0
  case $owner_outcome in succeeded | partial | failed | cancelled) ;; *) owner_outcome=unfinished ;; esac
  previous="$owner_run $owner_fence $owner_outcome"
}

forget_older_claims() {
  older=
  set +f
  for claim in ./claim.*; do
    number=${claim#./claim.}
    plain_fence "$number" && [ "$number" -lt "$fence" ] && older="$older $claim"
  done
  set -f
  # shellcheck disable=SC2086 # a list of plain words
  [ -z "$older" ] || rm -f $older
}

require_owner() { # leaves unless this run and fence own the plan and have not finished
  read_owner
  [ "$owner_run $owner_fence" = "$run $fence" ] || superseded
  [ -z "$owner_outcome" ] || leave 76 "superseded by $owner_run $owner_fence ($owner_outcome)"
}

# ---- data processes: run/<run-id>.<fence>.<pid>.conf registers an rsync, whose command line names that file,
# and .work a gate that exchanges folders, which is known by its process id and the name of this script ----

data_pids() { # <name>…: prints the process ids of what was registered as <name>.conf; work/<name> is <name>.work
  ps -A -ww -o pid= -o args= 2>/dev/null | while read -r pid args; do
    case $args in
      *'rsync --server --daemon --config='*'.conf .' | *"/${0##*/} "* | *' ./.fleetclone/clone.'*) ;;
      *) continue ;;
    esac
    for name in "$@"; do
      case $name in
        work/*)
          # The second is the program that a clone is waiting for.
          case "$pid $args" in
            "${name##*.} "*"/${0##*/} "* | *" ./.fleetclone/clone.${name#work/}"*) printf '%s ' "$pid" ;;
          esac
          ;;
        *) case $args in *"/run/$name.conf .") printf '%s ' "$pid" ;; esac ;;
      esac
    done
  done
}

stop_data() { # ends every transfer into this plan up to this fence, and every exchange of its folders but our own
  set +f
  set -- "$base"/run/*.conf "$base"/run/*.stopped "$base"/run/*.work
  set -f
  names=
  for registered in "$@"; do
    IFS= read -r first 2>/dev/null <"$registered" || continue
    [ "$first" = "# plan $plan" ] || continue
    name=${registered##*/}
    name=${name%.*}
    without_pid=${name%.*}
    [ "${without_pid##*.}" -le "$fence" ] || continue
    case $registered in
      "$registration.work") continue ;;
      *.work) name=work/$name ;;
      # Without its configuration a transfer that has not started yet never will; the new name keeps the
      # registration for whoever comes next, should this gate be killed before the process is.
      *.conf) mv -f "$registered" "$base/run/$name.stopped" ;;
    esac
    names="$names $name"
  done
  [ -n "$names" ] || return 0
  # shellcheck disable=SC2086 # a list of plain words
  set -- $names
  kill_data TERM 50 "$@" || kill_data KILL 30 "$@" || leave 75 'an older transfer will not stop'
  for name in "$@"; do
    case $name in
      work/*) rm -f "$base/run/${name#work/}.work" ;;
      *) rm -f "$base/run/$name.stopped" "$base/run/$name.filter" ;;
    esac
  done
}

kill_data() { # <signal> <tenths of a second> <name>…: true when all of them are gone
  signal=$1 left=$2
  shift 2
  pids=$(data_pids "$@")
  # shellcheck disable=SC2086 # a list of numbers
  [ -z "$pids" ] || kill -s "$signal" $pids 2>/dev/null
  while pids=$(data_pids "$@") && [ -n "$pids" ]; do
    [ "$left" -gt 0 ] || return 1
    left=$((left - 1))
    pause
  done
}

forget_old_registrations() { # those of a day ago whose transfer has ended without a finish
  set +f
  set -- "$base"/run/*
  set -f
  [ -e "$1" ] || return 0
  find "$base/run" -type f -mtime +0 2>/dev/null | while IFS= read -r old; do
    name=${old##*/}
    name=${name%.*}
    case $old in *.work) name=work/$name ;; esac
    [ -n "$(data_pids "$name")" ] || rm -f "$old"
  done
}

cannot_register() { # leaves with what kept us from it
  discard "$registration.filter"
  discard "$registration.conf"
  if known_obstacle; then leave 74 "$obstacle for the gate itself"; fi
  leave 74 'cannot write the state of this gate'
}

# ---- verbs ----

find_rsync() {
  for rsync in "$base/bin/rsync" /opt/homebrew/bin/rsync /usr/local/bin/rsync /opt/local/bin/rsync /usr/bin/rsync; do
    [ ! -x "$rsync" ] || return 0
  done
  rsync=
}

describe_rsync() { # sets $rsync_text to all that it says of itself, in one line, and $rsync_line to its first line
  rsync_text='' rsync_line='' separator=''
  [ -n "$rsync" ] || return 0
  left=$("$rsync" --version 2>/dev/null </dev/null)
  case $left in *[!\ -~"$newline"]*) left=$(printf %s "$left" | tr -c ' -~\n' '?') ;; esac
  rsync_line=${left%%"$newline"*}
  while [ -n "$left" ] && [ "${#rsync_text}" -le 4000 ]; do
    rsync_text=$rsync_text$separator${left%%"$newline"*}
    separator=' | '
    case $left in
      *"$newline"*) left=${left#*"$newline"} ;;
      *) left= ;;
    esac
  done
  [ "${#rsync_text}" -le 4000 ] || rsync_text=$(printf %.4000s "$rsync_text")
}

describe_system() { system=$(uname -srm); }

look_at_disk() { # sets $free_kib and $file_system (empty if unknown) of the working directory
  free_kib=0 file_system=
  case $system in
    Darwin*) ;;
    *)
      # shellcheck disable=SC2046 # two numbers and a name
      set -- $(stat -f -c '%a %S %T' . 2>/dev/null)
      case ${1:-x}${2:-x} in
        *[!0-9]*) ;;
        *)
          free_kib=$(($1 * $2 / 1024))
          shift 2
          file_system=$*
          return
          ;;
      esac
      ;;
  esac
  look_by_df
}

look_by_df() { # the same with the tools of BSD
  described=$(df -Pk . 2>/dev/null)
  described=${described##*"$newline"}
  before=0
  # The column before the percentage: mount points and devices may hold blanks.
  for word in $described; do
    case $word in [0-9]*%) break ;; esac
    before=$word
  done
  case $before in '' | *[!0-9]*) ;; *) free_kib=$before ;; esac
  mounts=$(mount 2>/dev/null)
  IFS=$newline
  for line in $mounts; do
    case $line in "${described%% *} on "*"("*) file_system=${line##*"("} ;; esac
  done
  IFS=' '
  file_system=${file_system%%[!A-Za-z0-9._-]*}
}

probe_host() {
  find_rsync
  describe_rsync
  describe_system
  printf '@@host\ngate %s\nsystem %s\nuid %s\nrsync %s\nrsync-version %s\n@@end\n' \
    "$gate_version" "$system" "$user" "$rsync_line" "$rsync_text"
}

begin() {
  # Kept in memory, so that a full disk of the gate itself is no hindrance. "x" keeps the last newline.
  document=$(head -c 65537 | tr '\000' '?' && printf x)
  document=${document%x}
  size=${#document} # bytes, in the C locale
  case $document in '{'*'}' | '{'*'}'"$newline") ;; *) size=0 ;; esac
  if [ "$size" = 0 ] || [ "$size" -gt 65536 ]; then leave 65 'bad plan document'; fi

  describe_system
  enter_plan create
  enter_lock create
  claim
  read_previous
  stop_data
  forget_older_claims
  take_marker
  leave_lock
  keep_document
  keep_reserve
  forget_old_registrations
  leave_state
  find_rsync
  describe_rsync
  read_latest
  look_for_copy
  has_partial=no
  if holds_anything ./partial; then has_partial=yes; fi
  look_at_disk
  printf '@@begin\nfree-kib %s\nuid %s\nrsync %s\nrsync-version %s\nmodule-root %s\n' \
    "$free_kib" "$user" "$rsync_line" "$rsync_text" "$module_root"
  printf 'previous %s\nlatest %s\nfound %s\nhas-partial %s\nsystem %s\nfile-system %s\n@@end\n' \
    "$previous" "$latest" "$found" "$has_partial" "$system" "$file_system"
}

look_for_copy() { # sets $found
  found=nothing
  if ! holds_anything ./current && ! holds_anything ./snapshots; then return; fi
  found=copy
  if [ -n "$latest" ] || [ ! -f ./.fleetclone/history ] || [ -L ./.fleetclone/history ]; then return; fi
  # Without any success in it, and it keeps a thousand lines, what is there was never whole.
  grep -Eq ' (succeeded|partial)$' ./.fleetclone/history || found=unfinished
}

keep_document() {
  if [ -f ./plan.json ] && [ ! -L ./plan.json ]; then
    kept=$(cat ./plan.json 2>/dev/null && printf x)
    [ "$kept" != "${document}x" ] || return 0
  fi
  put plan.json "$document"
}

read_latest() { # sets $latest to the newest published snapshot, or to nothing
  latest=
  [ -L ./latest ] || return 0
  target=$(cd -P ./latest 2>/dev/null && printf %s "$PWD")
  latest=${target#"$plan/snapshots/"}
  if [ "$latest" = "$target" ] || ! plain_word "$latest"; then latest=; fi
}

# rsync runs this in a shell of its own before a transfer starts, and its exit status can refuse. The names that
# are open to a client (below) leave gaps that it closes: a folder sent to the plan's top would, with --delete,
# remove "current" itself; ".." in --partial-dir is not compared with them at all; and links lead elsewhere.
# shellcheck disable=SC2016 # expanded by that shell
request_check='
set -fu
bare() { # <text>: sets $word to it without the backslashes that some clients put before wildcards
  word= IFS="\\"
  set -- $1
  IFS=" "
  for piece; do word=$word$piece; done
}
linked() { # <path below the plan>: true when a part of it is a symbolic link
  at=$FC_PLAN IFS=/
  for part in $1; do
    at=$at/$part
    if [ -L "$at" ]; then return 0; fi
  done
  IFS=" "
  return 1
}
check_value() { # of $option
  case $option:$word in
    --backup-dir:"$FC_PREFIX"/archive/?*) ;;
    --link-dest:"$FC_PREFIX"/snapshots/?* | --co[mp]*-dest:"$FC_PREFIX"/snapshots/?*) ;;
    --co[mp]*-dest:"$FC_PREFIX"/current | --co[mp]*-dest:"$FC_PREFIX"/current/*) ;;
    --backup-dir:* | --*-dest:* | *:/*) exit 1 ;;
    *) return ;;
  esac
  if linked "${word#"$FC_PREFIX"}"; then exit 1; fi
}

bare "$RSYNC_REQUEST"
case $word in
  "plan$FC_PREFIX/current" | "plan$FC_PREFIX/current/"*) ;;
  "plan$FC_PREFIX/partial" | "plan$FC_PREFIX/partial/"*) ;;
  *) exit 1 ;;
esac
case /${word#"plan$FC_PREFIX"}/ in *[*?[]* | */../*) exit 1 ;; esac
if linked "${word#"plan$FC_PREFIX"}"; then exit 1; fi

# One form only: options, those with a value of its own among few, then "." and one path. Otherwise rsync and this
# might take different words for values, and rsync some other word for its destination.
number=1 option= before=
while eval "[ -n \"\${RSYNC_ARG$number+x}\" ]"; do
  eval "bare \"\$RSYNC_ARG$number\""
  number=$((number + 1))
  case /$word/ in */../* | *=../*) exit 1 ;; esac
  case $option in
    --backup-dir | --link-dest | --copy-dest | --compare-dest | --partial-dir | --files-from)
      check_value
      option=
      continue
      ;;
  esac
  case $word in
    --backup-dir | --link-dest | --copy-dest | --compare-dest | --partial-dir | --files-from)
      # What stands before must not be an option that takes this for its value.
      case $before in
        -[!-]*[BTMfe@]) exit 1 ;;
        --*=*) ;;
        --suffix | --filter | --exclude* | --include* | --max-* | --min-* | --modify-window | --block-size) exit 1 ;;
        --checksum-* | --cc | --compress-* | --zc | --zl | --skip-compress | --chmod | --chown | --copy-as) exit 1 ;;
        --usermap | --groupmap | --iconv | --bwlimit | --*timeout | --time-limit | --stop-*) exit 1 ;;
        --log-* | --out* | --info | --debug | --stderr | --temp-dir | --password-file | --early-input) exit 1 ;;
        --rsh | --rsync-path | --remote-option | --address | --port | --sockopts | --protocol | --*batch) exit 1 ;;
      esac
      option=$word
      ;;
    --*=*)
      option=${word%%=*} word=${word#*=}
      check_value
      option=
      ;;
    -*) ;;
    .)
      eval "[ -n \"\${RSYNC_ARG$number+x}\" ] && [ -z \"\${RSYNC_ARG$((number + 1))+x}\" ]" || exit 1
      exit 0
      ;;
    *) exit 1 ;;
  esac
  before=$word
done
exit 1
'

register_transfer() { # the configuration of one rsync, readable by nobody else
  # Seen half-written, it belongs to a gate that has yet to look at the claims.
  prefix=$module_root
  case $prefix in *[][*?]*) prefix=$(printf %s "$prefix" | sed 's/[][*?]/\\&/g') ;; esac
  filter=
  for folder in current archive partial; do
    filter="$filter+ $prefix/$folder$newline+ $prefix/$folder/**$newline"
  done
  # A snapshot can be named as a link base, but nothing in it can be named.
  filter="$filter+ $prefix/snapshots/$newline+ $prefix/snapshots/*/$newline- *$newline"
  # No names of files in this machine's logs: the client is told of every error anyway.
  configuration="# plan $plan${newline}log file = /dev/null${newline}reverse lookup = no${newline}[plan]$newline"
  if [ "$user" = 0 ]; then
    configuration="${configuration}path = $plan${newline}use chroot = yes${newline}uid = 0${newline}gid = 0$newline"
  else
    configuration="${configuration}path = /${newline}use chroot = no$newline"
  fi
  # Links are stored as they are: a backup with rewritten links is not equal. What is written into an existing
  # file would be written into every snapshot that shares it.
  configuration="${configuration}read only = no
write only = yes
list = no
numeric ids = yes
munge symlinks = no
timeout = 600
refuse options = keep-dirlinks temp-dir inplace append append-verify write-devices copy-devices
include from = $registration.filter
pre-xfer exec = eval \"\$FC_CHECK\"
"
  discard "$registration.filter"
  discard "$registration.conf"
  # The reserve helps when the gate lies on the same disk as the plan.
  write "$registration.filter" "$filter" && write "$registration.conf" "$configuration"
}

become_rsync() { # serves what is registered; the variables are for the check
  cd / || leave 74 'cannot work here'
  exec env -i PATH="$PATH" LC_ALL=C FC_CHECK="$request_check" FC_PLAN="$plan" FC_PREFIX="${module_root:-}" \
    "$rsync" --server --daemon --config="$registration.conf" .
}

transfer() {
  find_rsync
  [ -n "$rsync" ] || leave 69 'no rsync here'
  enter_plan keep
  enter_lock keep
  require_owner
  forget_marker
  registration=$base/run/$run.$fence.$$
  register_transfer || cannot_register
  require_no_exchange
  read_owner
  if [ "$owner_run $owner_fence $owner_outcome" != "$run $fence " ]; then
    rm -f "$registration.conf" "$registration.filter"
    superseded
  fi
  become_rsync
}

require_no_exchange() { # leaves while a gate exchanges the folders of this plan
  set +f
  for other in "$base"/run/*.work; do
    IFS= read -r first 2>/dev/null <"$other" || continue
    [ "$first" = "# plan $plan" ] || continue
    rm -f "$registration.conf" "$registration.filter"
    leave 75 'a snapshot of this plan is being made or published'
  done
  set -f
}

# ---- snapshots ----

begin_exchange() { # from here on this gate alone changes the folders of the plan, or is ended by a newer owner
  registration=$base/run/$run.$fence.$$
  trap 'rm -f "$registration.work"' EXIT
  discard "$registration.work"
  write "$registration.work" "# plan $plan$newline" || cannot_register
  read_owner
  [ "$owner_run $owner_fence $owner_outcome" = "$run $fence " ] || superseded
  stop_data
  forget_marker
  leave_lock
}

clone() { # <snapshot>: makes "partial" anew from it
  find_rsync
  describe_system
  enter_plan keep
  enter_lock keep
  require_owner
  if ! real_folder ../../snapshots || ! real_folder "../../snapshots/$1"; then leave 66 'no such snapshot'; fi
  begin_exchange
  leave_state
  forget_clones ./.fleetclone
  problem=$(rm -rf ./partial 2>&1) || cannot 'remove the unpublished snapshot'
  target=./.fleetclone/clone.$run.$fence.$$
  if ! clone_folder "./snapshots/$1" "$target" || ! problem=$(mv "$target" ./partial 2>&1); then
    rm -rf "$target"
    cannot 'clone the snapshot'
  fi
  printf '@@clone\nmethod %s\n@@end\n' "$method"
}

clone_folder() { # <from> <to>: sets $method; if false, $problem says why
  look_at_disk
  # A clone shares blocks but no inode, so what happens to it never shows in the snapshot. Hard links within the
  # snapshot would come apart, though.
  if [ "$file_system" = apfs ] && [ -z "$(first_found "$1" -type f -links +1)" ]; then
    method=clones
    problem=$(cp -cpPR "$1" "$2" 2>&1) && return
    rm -rf "$2"
  fi
  method=hard-links
  case $(cp --version 2>/dev/null) in
    *'GNU coreutils'*)
      problem=$(cp -al "$1" "$2" 2>&1)
      return
      ;;
  esac
  # Not pax -l or cpio -l, which are made to link what a symbolic link leads to where link(2) follows it, as on macOS.
  case $system in Darwin*) times=--crtimes ;; *) times=--times ;; esac
  problem=$("$rsync" -aHAX "$times" --numeric-ids --modify-window=-1 --link-dest="$PWD/$1/" "$1/" "$2/" 2>&1)
}

forget_clones() { # <folder>: what clones left there that were ended
  set +f
  set -- "$1"/clone.*
  set -f
  [ ! -e "$1" ] || rm -rf "$@"
}

first_found() { # <folder> <condition>…: prints something when find comes upon one, and does not look any further
  # -quit is not everywhere.
  # shellcheck disable=SC2016 # the shell that find starts expands it: find is its parent
  find "$@" -exec sh -c 'echo found; kill "$PPID"' \; 2>/dev/null
}

publish() { # <snapshot>: gives "partial" that name; may be repeated
  enter_plan keep
  enter_lock keep
  require_owner
  begin_exchange
  published=
  [ ! -f ./published ] || [ -L ./published ] || read -r published <./published
  if [ -e "../snapshots/$1" ] || [ -L "../snapshots/$1" ]; then
    # The name was noted before the rename, so this tells our own snapshot from that of another run.
    [ "$published" = "$run $fence $1" ] || leave 73 "the snapshot's name is taken"
  else
    real_folder ../partial || leave 66 'nothing to publish'
    put published "$run $fence $1$newline"
    cd -P .. 2>/dev/null || unusable
    [ -e ./snapshots ] || problem=$(mkdir ./snapshots 2>&1) || cannot 'publish the snapshot'
    real_folder ./snapshots || unusable
    # What the name stands for is on the disk before the name is.
    sync
    problem=$(mv ./partial "./snapshots/$1" 2>&1) || cannot 'publish the snapshot'
    cd -P ./.fleetclone 2>/dev/null || unusable
  fi
  leave_state
  # Moved into the folder and not onto the old link, which mv would follow.
  discard ./.fleetclone/latest
  problem=$(ln -s "snapshots/$1" ./.fleetclone/latest 2>&1) || cannot 'publish the snapshot'
  problem=$(mv -f ./.fleetclone/latest . 2>&1) || cannot 'publish the snapshot'
  printf '@@publish\nsnapshot %s\n@@end\n' "$1"
}

# ---- the marker: what a run that succeeded leaves, for the next one to ask what has changed since ----

take_marker() { # from lock/: it speaks of the time before this attempt, and to this one only
  discard ../asked || cannot 'write the state of this plan'
  [ "$again" = yes ] || [ ! -f ../marker ] || [ -L ../marker ] || mv -f ../marker ../asked 2>/dev/null || :
}

forget_marker() { # from lock/, before anything is changed
  discard ../marker || cannot 'write the state of this plan'
}

leave_marker() { # in the state folder, after everything was synced
  # The claim says "succeeded" before, and no transfer is left: a crash before the last step leaves no marker, and
  # the one after a crash vouches for what was finished. Two ticks of the clock (as coarse as the file system's or
  # that of find, which in old systems compares seconds) separate it from the last change of the run before it
  # and from the first change of anybody after it.
  new=./.new.$$~ tick=./.tick.$$~
  rm -f "$new" "$tick"
  # shellcheck disable=SC2046 # the inode and the name
  if (umask 077 && set -C && : >"$tick" && : >"$new") 2>/dev/null && set -- $(ls -i "$new") &&
    write_after "$tick" "$new" "$run $fence${newline}inode $1" && write_after "$new" "$tick" '' &&
    still_owner && mv -f "$new" ./marker 2>/dev/null; then
    # A newcomer that claimed meanwhile may have looked for a marker to remove before this one was there.
    still_owner || rm -f ./marker
  fi
  rm -f "$new" "$tick"
}

write_after() { # <file> <other> <text>: writes the other until find takes its change for newer; false if never
  tries=0
  while [ "$tries" -lt 40 ]; do
    printf '%s\n' "$3" >"$2" 2>/dev/null || return 1
    seen=$(find "$2" -newercm "$1" 2>/dev/null) || return 1
    [ -z "$seen" ] || return 0
    [ "$tries" -lt 10 ] || pause
    tries=$((tries + 1))
  done
  return 1
}

still_owner() ( # asked in the state folder
  cd -P ./lock 2>/dev/null || exit 1
  read_owner
  [ "$owner_run $owner_fence $owner_outcome" = "$run $fence succeeded" ]
)

unchanged() { # <since-run> <since-fence> <folder>
  describe_system
  enter_plan keep
  enter_lock keep
  require_owner
  leave_lock
  answer=unknown
  look_for_changes "$@"
  printf '@@unchanged\nanswer %s\nreason %s\n@@end\n' "$answer" "$reason"
}

altered() { # <since-run> <since-fence> <folder>: what find comes upon that is newer than the marker
  enter_plan keep
  enter_lock keep
  require_owner
  leave_lock
  marked=
  [ ! -f ./asked ] || [ -L ./asked ] || read -r marked 2>/dev/null <./asked
  leave_state
  printf '@@altered\n'
  if [ "$marked" = "$1 $2" ] && real_folder "./${3%/*}" && real_folder "./$3"; then
    # The names are bytes and may hold anything but NUL; the last word tells whether that was all of them.
    (cd -P "./$3" && find . -newercm "$plan/.fleetclone/asked" -print0 2>/dev/null && printf complete) |
      head -c "$most_altered_bytes"
  fi
}

look_for_changes() { # <since-run> <since-fence> <folder>: sets $answer, which is "unknown" so far, and $reason
  reason='no marker is left'
  if [ ! -f ./asked ] || [ -L ./asked ]; then return; fi
  { read -r marked && read -r inode; } 2>/dev/null <./asked || return
  reason='the marker is of another run'
  [ "$marked" = "$1 $2" ] || return
  reason='the marker was copied'
  # shellcheck disable=SC2046 # the inode and the name
  set -- "$3" $(ls -i ./asked 2>/dev/null)
  [ "$inode" = "inode ${2:-}" ] || return
  reason='the clock is not after the marker'
  tick=./.tick.$$~
  rm -f "$tick"
  (umask 077 && set -C && : >"$tick") 2>/dev/null || reason='nothing can be written'
  seen=$(find "$tick" -newercm ./asked 2>/dev/null) || reason='find cannot compare change times'
  rm -f "$tick"
  [ -n "$seen" ] || return
  leave_state
  look_at_disk
  reason="not sure of change times on ${file_system:-this file system}"
  case $file_system in
    apfs | hfs | ext[234] | ext2/ext3 | xfs | btrfs | zfs | tmpfs | f2fs | bcachefs | overlayfs | ufs) ;;
    *) return ;;
  esac
  mounts=$(mount 2>/dev/null)
  reason='a disk is mounted inside the folder'
  case $mounts in *"$plan/"*) return ;; esac
  reason='mounted disks are not known'
  [ -n "$mounts" ] || return
  reason='the folder is not there'
  if ! real_folder "./${1%/*}" || ! real_folder "./$1"; then return; fi
  found=$(first_found "./$1" -newercm ./.fleetclone/asked)
  status=$?
  if [ -n "$found" ]; then
    answer=no reason='something is newer than the marker'
  elif [ "$status" = 0 ]; then
    answer=yes reason='nothing is newer than the marker'
  else
    reason='the folder could not be looked at completely'
  fi
}

finish() { # <outcome>: may be repeated; the first outcome stays
  enter_plan keep
  enter_lock keep
  read_owner
  [ "$owner_run $owner_fence" = "$run $fence" ] || superseded
  first_time=no
  case $owner_outcome in
    succeeded | partial | failed | cancelled) outcome=$owner_outcome ;;
    *)
      outcome=$1 first_time=yes
      put "claim.$fence" "$run $fence $outcome$newline"
      ;;
  esac
  stop_data
  leave_lock
  forget_clones .
  # Asked again, it does not know what has happened since, so it vouches for nothing.
  if [ "$first_time" = yes ]; then rm -f ./marker ./asked; fi
  case $outcome in succeeded | partial) sync ;; esac
  if [ "$first_time $outcome" = 'yes succeeded' ]; then leave_marker; fi
  [ ! -L ./history ] || rm -f ./history
  if [ ! -f ./history ] || ! tail -n 5 ./history | grep -qF " $run $fence $outcome"; then
    kept=$([ ! -f ./history ] || tail -n 999 ./history | tail -c 131072)
    line="$(date -u +%Y-%m-%dT%H:%M:%SZ) $run $fence $outcome"
    # The outcome counts without it.
    (put history "${kept:+$kept$newline}$line$newline")
  fi
  printf '@@finish\noutcome %s\n@@end\n' "$outcome"
}

# ---- reading ----

find_source() { # sets $served to the folder to serve, and $only to the one name in it if it is not all of it
  [ -f "$sources" ] || deny
  served='' only='' real='' named=no allowed=no
  if cd -P "$plan/" 2>/dev/null; then
    served=$PWD real=${PWD%/}
  elif cd -P "${plan%/*}/" 2>/dev/null; then
    only=${plan##*/}
    if [ -f "./$only" ] || [ -L "./$only" ]; then served=$PWD real=${PWD%/}/$only; fi
  fi
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in /*) ;; *) continue ;; esac
    case $plan/ in "${line%/}"/*) named=yes ;; esac
    if [ -z "$served" ] || ! cd -P "$line" 2>/dev/null; then continue; fi
    case $real/ in "${PWD%/}"/*) allowed=yes ;; esac
  done <"$sources"
  [ "$allowed" = no ] || return 0
  # Whoever may read there may also know that there is nothing.
  [ -n "$served" ] || [ "$named" = no ] || leave 66 'no such source'
  deny
}

register_source() {
  discard "$registration.filter"
  discard "$registration.conf"
  configuration="# source $served${newline}log file = /dev/null${newline}reverse lookup = no${newline}[source]
path = $served
read only = yes
list = no
numeric ids = yes
munge symlinks = no
timeout = 600
refuse options = copy-links copy-dirlinks copy-unsafe-links copy-devices remove-source-files
"
  if [ "$user" = 0 ]; then
    configuration="${configuration}use chroot = yes${newline}uid = 0${newline}gid = 0$newline"
  else
    configuration="${configuration}use chroot = no$newline"
  fi
  if [ -n "$only" ]; then
    case $only in *[][*?]*) only=$(printf %s "$only" | sed 's/[][*?]/\\&/g') ;; esac
    configuration="${configuration}include from = $registration.filter$newline"
    create "$registration.filter" "+ /$only$newline- *$newline" || return 1
  fi
  create "$registration.conf" "$configuration"
}

send() {
  find_rsync
  [ -n "$rsync" ] || leave 69 'no rsync here'
  find_source
  plain_path "${served%/}/x" || deny
  forget_old_registrations
  registration=$base/run/$run.send.$$
  register_source || cannot_register
  become_rsync
}

# ---- start ----

command=${SSH_ORIGINAL_COMMAND:-}
credential=${1:-}
case $0 in /*/*) ;; *) leave 74 'must be started by its absolute path' ;; esac
{ cd -P "${0%/*}/" && base=$PWD; } || leave 74 'cannot find its own folder'
case $base/ in *[[:cntrl:]%\\:]* | *' /'*) leave 74 'its own folder has an unusable name' ;; esac
PATH=$base/bin:$PATH
roots=$base/credentials/$credential.roots
sources=$base/credentials/$credential.sources
{ plain_word "$credential" && [ "$#" = 1 ] && { [ -f "$roots" ] || [ -f "$sources" ]; }; } || deny
case $command in '' | *[!A-Za-z0-9/._%\ -]*) deny ;; esac
[ "${#command}" -le 4096 ] || deny
# shellcheck disable=SC2086 # splitting at single blanks is the point; globbing is off
set -- $command
{ [ "${1:-}" = fc ] && [ "$*" = "$command" ]; } || deny
user=$(id -u)

case "$#:${2:-}" in
  3:probe)
    case $3 in
      clock) date -u +%s ;;
      host) probe_host ;;
      sink) echo reading && head -c 4194304 >/dev/null && echo finished ;;
      *) deny ;;
    esac
    exit
    ;;
  7:send) { decode "$3" && plain_word "$4"; } || deny ;;
  5:begin | 8:unchanged | 8:altered | 6:clone | 8:rsync | 6:publish | 6:finish)
    { decode "$3" && plain_word "$4" && plain_fence "$5"; } || deny
    fence=$5
    ;;
  *) deny ;;
esac
plan=$decoded run=$4
[ -d "$base/run" ] || (umask 077 && mkdir "$base/run") 2>/dev/null
case $2 in
  begin) begin ;;
  unchanged | altered)
    { plain_word "$6" && plain_fence "$7"; } || deny
    case $8 in current) ;; snapshots/*) plain_word "${8#snapshots/}" || deny ;; *) deny ;; esac
    "$2" "$6" "$7" "$8"
    ;;
  clone | publish)
    plain_word "$6" || deny
    "$2" "$6"
    ;;
  rsync)
    [ "$6 $7 $8" = '--server --daemon .' ] || deny
    transfer
    ;;
  finish)
    case $6 in succeeded | partial | failed | cancelled) finish "$6" ;; *) deny ;; esac
    ;;
  send)
    [ "$5 $6 $7" = '--server --daemon .' ] || deny
    send
    ;;
esac
