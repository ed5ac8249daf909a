#!/bin/sh
# gate.sh <credential-id>: the forced command of one credential in authorized_keys. It lets the holder of
# that key write backups below the folders listed in credentials/<credential-id>.roots, and nothing else.
# State lies in the folder this script lies in; no environment variable and no argument can move it.
#
#   fc probe clock                                              seconds since 1970
#   fc probe host                                               @@host … @@end
#   fc begin <plan-dir> <run-id> <fence>      plan on stdin     @@begin … @@end
#   fc rsync <plan-dir> <run-id> <fence> --server --daemon .    the rsync daemon protocol on that folder
#   fc finish <plan-dir> <run-id> <fence> <outcome>             @@finish … @@end
#
# Exit: 0 done, 65 bad plan document, 69 no rsync here, 74 cannot work here (no space left, among others), 75 an
# older transfer will not stop, 76 superseded, 77 denied, 78 no such root.
#
# WHO OWNS A PLAN is decided by claims: .fleetclone/lock/claim.<fence> holds "<run-id> <fence>" (and the
# outcome once finished). A claim is created with O_EXCL, so one run gets a fence; the greatest fence is
# the owner; the greatest claim is never removed, so a late loser can never begin again. No mutex is
# needed: a newcomer claims first and stops older transfers second, a transfer registers first
# (run/*.conf) and looks at the claims second, so one of the two always sees the other.
#
# A FULL DISK must not lock anybody out: a transfer that ends for lack of room leaves a disk on which not even
# a claim can be written. So .fleetclone/reserve holds some blocks that are given up when the state of the
# plan cannot be written otherwise, and made anew when there is room.
#
# WHAT THE DATA PATH CAN REACH. As root, rsync is locked into the plan's folder by chroot, whatever
# symbolic links it is sent. Inside it only current, archive and snapshots are open to it by name; links
# planted by a hostile client may still lead it to .fleetclone of its own plan, so nothing there is
# trusted: it is never followed through a link, and only values that pass the checks below are used.
# As an ordinary user there is no chroot, and rsync would rewrite absolute links if confined to a folder
# by its module path; so the module is "/" and the confinement is by name only: a hostile client that
# first plants a link can write whatever this user can write. Ownership cannot be kept either. Root is
# the real mode; the other one is for trials.
set -fu
umask 022
PATH=/usr/bin:/bin:/usr/sbin:/sbin
LC_ALL=C
IFS=' '
newline='
'
export PATH LC_ALL
unset CDPATH
gate_version=2
reserve_bytes=262144

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

choose_root() { # sets $root to the allowed folder above $plan that exists
  root='' matched=no
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
  real_root=$(pwd -P)
  real_root=${real_root%/}
  rest=${plan#"$root"}
  while [ -n "$rest" ]; do
    name=${rest%%/*}
    rest=${rest#"$name"}
    rest=${rest#/}
    problem=
    [ "$1" = keep ] || [ -e "./$name" ] || [ -L "./$name" ] || problem=$(mkdir "./$name" 2>&1)
    cd -P "./$name" 2>/dev/null || cannot 'enter the plan folder'
    real=$(pwd -P)
    case $real in "$real_root"/?*) ;; *) deny ;; esac
    # One plan inside another would put its state within reach of the outer plan's transfers.
    [ -z "$rest" ] || [ ! -e ./.fleetclone ] || deny
  done
  plain_path "$real" || deny
  plan=$real
}

enter() { # <create|keep> <name>: goes into a folder of ours below the working directory, never through a link
  expected=$(pwd -P)/$2
  if [ ! -d "./$2" ] && [ ! -L "./$2" ]; then
    [ "$1" = create ] || leave 76 'not begun'
    problem=$( (umask 077 && mkdir "./$2") 2>&1) || ! known_obstacle || cannot 'make the state folder'
  fi
  if [ -L "./$2" ] || ! cd -P "./$2" 2>/dev/null || [ "$(pwd -P)" != "$expected" ]; then unusable; fi
}

enter_lock() { # <create|keep>
  enter "$1" .fleetclone
  enter "$1" lock
  reserve=../reserve
}

leave_lock() { # back from lock/ to the state folder of the plan
  cd -P .. 2>/dev/null || unusable
  [ "$(pwd -P)" = "$plan/.fleetclone" ] || unusable
  reserve=./reserve
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

put() { # <name> <text>: replaces a file of ours in the working directory, at once and never through a link
  new=./.new.$$~
  rm -f "$new"
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
  [ "$(free_kib)" -ge "$((reserve_bytes / 256))" ] || return 0
  new=./.new.$$~
  rm -f "$new"
  [ ! -L "$reserve" ] || rm -f "$reserve"
  # Random, because a file system that compresses would keep a place of zeros free of charge.
  [ ! -d "$reserve" ] && (umask 077 && set -C && head -c "$reserve_bytes" /dev/urandom >"$new") 2>/dev/null &&
    mv -f "$new" "$reserve" 2>/dev/null && return
  rm -f "$new"
}

# ---- ownership ----

read_owner() { # sets $owner_fence to the greatest claim (0: none), $owner_run and $owner_outcome to what it says
  owner_fence=0 owner_run='' owner_outcome=''
  set +f
  for claim in ./claim.*; do
    number=${claim#./claim.}
    plain_fence "$number" && [ "$number" -gt "$owner_fence" ] && owner_fence=$number
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

claim() { # makes this run and fence the owner, or leaves
  while :; do
    read_owner
    [ "$owner_fence" -le "$fence" ] || superseded
    if [ "$owner_fence" = "$fence" ]; then
      case $owner_run in "$run" | unknown) ;; *) superseded ;; esac
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

forget_older_claims() {
  set +f
  for claim in ./claim.*; do
    number=${claim#./claim.}
    plain_fence "$number" && [ "$number" -lt "$fence" ] && rm -f "$claim"
  done
  set -f
}

require_owner() { # leaves unless this run and fence own the plan and have not finished
  read_owner
  [ "$owner_run $owner_fence" = "$run $fence" ] || superseded
  [ -z "$owner_outcome" ] || leave 76 "superseded by $owner_run $owner_fence ($owner_outcome)"
}

# ---- data processes: run/<run-id>.<fence>.<pid>.conf registers one, and its command line names that file ----

data_pids() { # <pattern>…: prints the process ids of the rsyncs that serve these registrations
  ps -A -ww -o pid= -o args= 2>/dev/null | while read -r pid args; do
    case $args in *'rsync --server --daemon --config='*'.conf .') ;; *) continue ;; esac
    for name in "$@"; do
      case $args in *"/run/$name.conf .") printf '%s ' "$pid" ;; esac
    done
  done
}

stop_data() { # ends every transfer into this plan up to and including this fence
  set +f
  set -- "$base"/run/*.conf "$base"/run/*.stopped
  set -f
  names=
  for registered in "$@"; do
    IFS= read -r first 2>/dev/null <"$registered" || continue
    [ "$first" = "# plan $plan" ] || continue
    name=${registered##*/}
    name=${name%.*}
    without_pid=${name%.*}
    [ "${without_pid##*.}" -le "$fence" ] || continue
    # Without its configuration a transfer that has not started yet never will; the new name keeps the
    # registration for whoever comes next, should this gate be killed before the process is.
    [ "$registered" = "$base/run/$name.stopped" ] || mv -f "$registered" "$base/run/$name.stopped"
    names="$names $name"
  done
  [ -n "$names" ] || return 0
  # shellcheck disable=SC2086 # a list of plain words
  set -- $names
  kill_data TERM 50 "$@" || kill_data KILL 30 "$@" || leave 75 'an older transfer will not stop'
  for name in "$@"; do rm -f "$base/run/$name.stopped" "$base/run/$name.filter"; done
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
  find "$base/run" -type f -mtime +0 2>/dev/null | while IFS= read -r old; do
    name=${old##*/}
    name=${name%.*}
    [ -n "$(data_pids "$name")" ] || rm -f "$old"
  done
}

# ---- verbs ----

find_rsync() {
  for rsync in "$base/bin/rsync" /opt/homebrew/bin/rsync /usr/local/bin/rsync /opt/local/bin/rsync /usr/bin/rsync; do
    [ ! -x "$rsync" ] || return 0
  done
  rsync=
}

rsync_version() {
  [ -z "$rsync" ] || "$rsync" --version 2>/dev/null </dev/null | sed -n '1{s/[^ -~]/?/g;p;}'
}

free_kib() { # the column before the percentage: mount points and devices may hold blanks
  previous=0
  for word in $(df -Pk . 2>/dev/null | sed 1d); do
    case $word in [0-9]*%) break ;; esac
    previous=$word
  done
  case $previous in '' | *[!0-9]*) previous=0 ;; esac
  printf '%s\n' "$previous"
}

module_root() { # what a path of this plan begins with inside the rsync module
  [ "$user" = 0 ] || printf '%s' "$plan"
}

probe_host() {
  find_rsync
  printf '@@host\ngate %s\nsystem %s\nuid %s\nrsync %s\n@@end\n' "$gate_version" "$(uname -srm)" "$user" "$(rsync_version)"
}

begin() {
  # Kept in memory, so that a full disk of the gate itself is no hindrance. "x" keeps the last newline.
  document=$(head -c 65537 | tr '\000' '?' && printf x)
  document=${document%x}
  size=$(($(printf %s "$document" | wc -c)))
  case $document in '{'*'}' | '{'*'}'"$newline") ;; *) size=0 ;; esac
  if [ "$size" = 0 ] || [ "$size" -gt 65536 ]; then leave 65 'bad plan document'; fi

  enter_plan create
  enter_lock create
  claim
  stop_data
  forget_older_claims
  leave_lock
  put plan.json "$document"
  keep_reserve
  forget_old_registrations
  find_rsync
  printf '@@begin\nfree-kib %s\nuid %s\nrsync %s\nmodule-root %s\n@@end\n' \
    "$(free_kib)" "$user" "$(rsync_version)" "$(module_root)"
}

# rsync runs this in a shell of its own before a transfer starts, and its exit status can refuse. The names that
# are open to a client (below) leave two gaps that it closes: a folder sent to the plan's top would, with
# --delete, remove "current" itself, and ".." in --partial-dir is not compared with them at all.
# shellcheck disable=SC2016 # expanded by that shell
request_check='case $RSYNC_REQUEST in plan/current|plan/current/*|plan/snapshots/*|plan/*/current|plan/*/current/*|plan/*/snapshots/*) ;; *) exit 1;; esac; ! env | grep -Eq "(^|[=/])[\]?\.[\]?\.(/|$)"'

write_registration() { # the configuration of one rsync, readable by nobody else, complete before it has its name
  prefix=$(module_root | sed 's/[][*?]/\\&/g')
  filter=$(
    for folder in current archive snapshots; do
      printf '+ %s/%s\n+ %s/%s/**\n' "$prefix" "$folder" "$prefix" "$folder"
    done
    printf -- '- *'
  )
  configuration=$(
    printf '# plan %s\n' "$plan"
    # No names of files in this machine's logs: the client is told of every error anyway.
    printf 'log file = /dev/null\nreverse lookup = no\n[plan]\n'
    if [ "$user" = 0 ]; then
      printf 'path = %s\nuse chroot = yes\nuid = 0\ngid = 0\n' "$plan"
    else
      printf 'path = /\nuse chroot = no\n'
    fi
    # Links are stored as they are: a backup with rewritten links is not equal.
    printf '%s\n' 'read only = no' 'write only = yes' 'list = no' 'numeric ids = yes' 'munge symlinks = no' \
      'timeout = 600' 'refuse options = keep-dirlinks' \
      "include from = $registration.filter" "pre-xfer exec = $request_check"
  )
  rm -f "$registration.filter" "$registration.new"
  # The reserve helps when the gate lies on the same disk as the plan.
  write "$registration.filter" "$filter$newline" && write "$registration.new" "$configuration$newline" &&
    problem=$(mv -f "$registration.new" "$registration.conf" 2>&1)
}

transfer() {
  find_rsync
  [ -n "$rsync" ] || leave 69 'no rsync here'
  enter_plan keep
  enter_lock keep
  require_owner
  registration=$base/run/$run.$fence.$$
  if ! write_registration; then
    rm -f "$registration.filter" "$registration.new"
    if known_obstacle; then leave 74 "$obstacle for the gate itself"; fi
    leave 74 'cannot write the state of this gate'
  fi
  read_owner
  if [ "$owner_run $owner_fence $owner_outcome" != "$run $fence " ]; then
    rm -f "$registration.conf" "$registration.filter"
    superseded
  fi
  cd / || leave 74 'cannot work here'
  exec env -i PATH="$PATH" LC_ALL=C "$rsync" --server --daemon --config="$registration.conf" .
}

finish() { # <outcome>: may be repeated; the first outcome stays
  enter_plan keep
  enter_lock keep
  read_owner
  [ "$owner_run $owner_fence" = "$run $fence" ] || superseded
  case $owner_outcome in
    succeeded | partial | failed | cancelled) outcome=$owner_outcome ;;
    *)
      outcome=$1
      put "claim.$fence" "$run $fence $outcome$newline"
      ;;
  esac
  stop_data
  case $outcome in succeeded | partial) sync ;; esac
  leave_lock
  [ ! -L ./history ] || rm -f ./history
  if [ ! -f ./history ] || ! tail -n 5 ./history | grep -qF " $run $fence $outcome"; then
    kept=$([ ! -f ./history ] || tail -n 999 ./history | tail -c 131072)
    line="$(date -u +%Y-%m-%dT%H:%M:%SZ) $run $fence $outcome"
    # The outcome counts without it.
    (put history "${kept:+$kept$newline}$line$newline")
  fi
  printf '@@finish\noutcome %s\n@@end\n' "$outcome"
}

# ---- start ----

command=${SSH_ORIGINAL_COMMAND:-}
credential=${1:-}
case $0 in /*/*) ;; *) leave 74 'must be started by its absolute path' ;; esac
base=$(cd -P "${0%/*}/" && pwd -P) || leave 74 'cannot find its own folder'
case $base/ in *[[:cntrl:]%\\:]* | *' /'*) leave 74 'its own folder has an unusable name' ;; esac
PATH=$base/bin:$PATH
roots=$base/credentials/$credential.roots
{ plain_word "$credential" && [ "$#" = 1 ] && [ -f "$roots" ]; } || deny
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
      *) deny ;;
    esac
    exit
    ;;
  5:begin | 8:rsync | 6:finish) ;;
  *) deny ;;
esac
{ decode "$3" && plain_word "$4" && plain_fence "$5"; } || deny
plan=$decoded run=$4 fence=$5
[ -d "$base/run" ] || (umask 077 && mkdir "$base/run") 2>/dev/null
case $2 in
  begin) begin ;;
  rsync)
    [ "$6 $7 $8" = '--server --daemon .' ] || deny
    transfer
    ;;
  finish)
    case $6 in succeeded | partial | failed | cancelled) finish "$6" ;; *) deny ;; esac
    ;;
esac
