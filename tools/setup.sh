#!/bin/sh
# Gets a clone ready to run: programs of the system, npm packages, generated code, build. Does only what is needed.
# usage: sh tools/setup.sh [--for start|demo|test]
set -u

NODE_WANTED=20.19
RSYNC_WANTED=3.2.7

# Where programs lie that are often not on PATH. Tests give other places for this and for the system's own files.
EXTRA_FOLDERS=${FLEETCLONE_EXTRA_FOLDERS-/opt/homebrew/bin:/opt/homebrew/sbin:/usr/local/bin:/usr/local/sbin:/usr/sbin:/sbin}
SYSTEM_ROOT=${FLEETCLONE_SYSTEM_ROOT-}
POLICY="$SYSTEM_ROOT/usr/sbin/policy-rc.d"
POLICY_MARK='# placed by the set-up of Fleetclone, for the time of an installation only'

started=$(date +%s)
logs=
lock=
guarding=
worked=

say() { printf 'set-up: %s\n' "$*"; }

complain() { printf 'set-up: %s\n' "$*" >&2; }

give_up() {
  complain "$@"
  exit 1
}

clean_up() {
  status=$?
  trap - EXIT HUP INT TERM
  [ -z "$guarding" ] || release_services
  [ -z "$lock" ] || rm -rf "$lock"
  # The log of a failure stays.
  if [ -n "$logs" ] && [ "$status" -eq 0 ]; then rm -rf "$logs"; fi
  exit "$status"
}

# --- running a step ----------------------------------------------------------------------------------------------

# run_step "what it does" "what to do when it fails" command argument...
run_step() {
  step=$1
  advice=$2
  shift 2
  [ -n "$logs" ] || logs=$(mktemp -d "${TMPDIR:-/tmp}/fleetclone-setup.XXXXXX") || give_up 'cannot make a temporary folder'
  step_started=$(date +%s)
  printf 'set-up: %s … ' "$step"
  if "$@" </dev/null >>"$logs/log" 2>&1; then
    printf '%s s\n' "$(($(date +%s) - step_started))"
    worked=yes
    return 0
  fi
  printf 'failed after %s s\n' "$(($(date +%s) - step_started))"
  {
    echo '--- the last lines of the log:'
    tail -n 30 "$logs/log"
    echo '---'
  } >&2
  complain "failed: $step"
  complain "what to do: $advice"
  give_up "the whole log: $logs/log"
}

# One set-up at a time in a clone: a second one waits, and then finds the work done.
take_lock() {
  [ -z "$lock" ] || return 0
  mkdir -p var || give_up "cannot write to $PWD: it belongs to another user; use that user or a clone of your own"
  seconds=0
  until mkdir var/setup.lock 2>/dev/null; do
    owner=$(cat var/setup.lock/pid 2>/dev/null)
    if { [ -z "$owner" ] && [ "$seconds" -gt 5 ]; } || { [ -n "$owner" ] && ! is_process "$owner"; }; then
      rm -rf var/setup.lock # left by one that was killed
      continue
    fi
    [ "$seconds" -gt 0 ] || say "waiting for another set-up in this clone (process ${owner:-unknown}) to end"
    seconds=$((seconds + 1))
    sleep 1
  done
  lock=$PWD/var/setup.lock
  echo $$ >"$lock/pid"
}

# Signal 0 fails for other users' processes too, and slim systems have no ps.
is_process() { kill -0 "$1" 2>/dev/null || [ -d "/proc/$1" ] || ps -p "$1" >/dev/null 2>&1; }

# --- finding programs --------------------------------------------------------------------------------------------

# Every place of a program, best first.
places_of() {
  (
    IFS=:
    # shellcheck disable=SC2086 # split at the colons on purpose
    for folder in $PATH $EXTRA_FOLDERS; do
      case $folder in /*) [ -f "$folder/$1" ] && [ -x "$folder/$1" ] && printf '%s\n' "$folder/$1" ;; esac
    done
  )
}

has_one_of() {
  for name in "$@"; do
    [ -z "$(places_of "$name")" ] || return 0
  done
  return 1
}

version_at_least() {
  awk -v have="$1" -v want="$2" 'BEGIN {
    split(have, h, "."); split(want, w, ".")
    for (i = 1; i <= 3; i++) {
      if (h[i] + 0 > w[i] + 0) exit 0
      if (h[i] + 0 < w[i] + 0) exit 1
    }
  }'
}

# Sets rsync_version to that of the first fitting rsync, else to what was found instead. Apple's openrsync calls
# itself "openrsync: protocol version 29, rsync version 2.6.9 compatible".
find_rsync() {
  rsync_version='none'
  for rsync in $(places_of rsync); do
    version=$("$rsync" --version 2>/dev/null | sed -n 's/^rsync  *version v*\([0-9][0-9.]*\).*/\1/p')
    if [ -n "$version" ] && version_at_least "$version" "$RSYNC_WANTED"; then
      rsync_version=$version
      return 0
    fi
    rsync_version=${version:-openrsync}
  done
  return 1
}

has_chromium() {
  [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ] && return 0
  has_one_of chromium chromium-browser google-chrome google-chrome-stable && return 0
  for app in 'Google Chrome' Chromium; do
    [ -x "$SYSTEM_ROOT/Applications/$app.app/Contents/MacOS/$app" ] && return 0
  done
  return 1
}

is_there() {
  case $1 in
    redis) has_one_of redis-server valkey-server ;;
    rsync) find_rsync ;;
    ssh) has_one_of ssh && has_one_of ssh-keygen ;;
    attr) has_one_of getfattr && has_one_of setfattr ;;
    chromium) has_chromium ;;
    *) has_one_of "$1" ;;
  esac
}

wanted_programs() {
  # A Redis of one's own is needed only where no other is named.
  [ -n "${REDIS_URL:-}" ] && [ "$purpose" = start ] || echo redis
  [ "$purpose" = start ] && return
  echo rsync ssh sshd
  [ "$system" = Linux ] && echo attr
  [ "$purpose" = demo ] && return
  echo chromium shellcheck
  [ "$system" = Linux ] && echo busybox mawk
}

find_missing() {
  missing=
  for program in $(wanted_programs); do
    is_there "$program" || missing="$missing $program"
  done
  missing=${missing# }
}

# --- installing programs -----------------------------------------------------------------------------------------

is_ubuntu() { grep -q '^ID=ubuntu' "$SYSTEM_ROOT/etc/os-release" 2>/dev/null; }

# package_of apt|dnf|brew program
package_of() {
  case $1:$2 in
    apt:redis) echo redis-server ;;
    dnf:redis | brew:redis) echo valkey ;;
    apt:ssh) echo openssh-client ;;
    dnf:ssh) echo openssh-clients ;;
    brew:ssh | brew:sshd) echo openssh ;;
    *:sshd) echo openssh-server ;;
    apt:chromium) if is_ubuntu; then echo chromium-browser; else echo chromium; fi ;;
    brew:chromium) echo google-chrome ;;
    dnf:shellcheck) echo ShellCheck ;;
    *) echo "$2" ;;
  esac
}

packages_for() {
  manager=$1
  shift
  for program in "$@"; do package_of "$manager" "$program"; done | awk '!seen[$0]++' | tr '\n' ' ' | sed 's/ $//'
}

# Debian starts a service as soon as it is installed. What we install is for private use, so for this time nothing
# may be started, unless the machine forbids it anyway.
hold_services() {
  if [ -x "$POLICY" ]; then
    "$POLICY" redis-server start >/dev/null 2>&1
    [ $? -ne 101 ] || return 0
    mv "$POLICY" "$POLICY.before-fleetclone" || return 1
  fi
  guarding=yes
  printf '#!/bin/sh\n%s\nexit 101\n' "$POLICY_MARK" >"$POLICY" && chmod 755 "$POLICY"
}

release_services() {
  guarding=
  rm -f "$POLICY"
  [ ! -e "$POLICY.before-fleetclone" ] || mv "$POLICY.before-fleetclone" "$POLICY"
}

# A set-up that was killed during an installation may have left its policy.
heal_services() {
  if [ -f "$POLICY" ] && grep -qF "$POLICY_MARK" "$POLICY" 2>/dev/null && [ -w "$POLICY" ]; then release_services; fi
}

apt() { DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@"; }

# Package lists may be fine although one source of them cannot be reached, so only the installation has to succeed.
apt_install() {
  apt update || echo 'apt-get update failed; trying with the package lists at hand'
  apt install -y --no-install-recommends "$@"
}

install_with_apt() {
  packages=$(packages_for apt "$@")
  hold_services || give_up "cannot write $POLICY"
  # shellcheck disable=SC2086 # a list of package names
  run_step "installing $packages with apt-get" 'see the messages of apt-get above; is the network there?' \
    apt_install $packages
  release_services
  # Nor at the next start of the machine.
  command -v systemctl >/dev/null 2>&1 || return 0
  for program in "$@"; do
    case $program in
      redis) systemctl disable redis-server >/dev/null 2>&1 ;;
      sshd) systemctl disable ssh >/dev/null 2>&1 ;;
    esac
  done
  return 0
}

brew_install() {
  formulas=
  casks=
  for package in $(packages_for brew "$@"); do
    if [ "$package" = google-chrome ]; then casks=$package; else formulas="$formulas $package"; fi
  done
  # shellcheck disable=SC2086 # a list of package names
  [ -z "$formulas" ] || "$brew" install $formulas || return 1
  [ -z "$casks" ] || "$brew" install --cask "$casks"
}

brew_command() {
  formulas=$(packages_for brew "$@" | tr ' ' '\n' | grep -vx google-chrome | tr '\n' ' ' | sed 's/ $//')
  case " $* " in
    *' chromium '*) echo "${formulas:+brew install $formulas && }brew install --cask google-chrome" ;;
    *) echo "brew install $formulas" ;;
  esac
}

tell_command() {
  complain "missing: $missing"
  complain 'type this, then start again:'
  printf '    %s\n' "$*" >&2
  exit 1
}

sudo_prefix() {
  if [ "$(id -u)" -eq 0 ]; then return; fi
  echo 'sudo '
}

# shellcheck disable=SC2086 # $missing is a list of words
install_missing() {
  if [ "$system" = Darwin ]; then
    brew=$(places_of brew | head -n 1)
    [ -n "$brew" ] || complain 'Homebrew is needed: https://brew.sh'
    # Homebrew refuses to run as root.
    if [ -z "$brew" ] || [ "$(id -u)" -eq 0 ]; then tell_command "$(brew_command $missing)"; fi
    run_step "installing $(packages_for brew $missing) with Homebrew" 'see the messages of brew above' brew_install $missing
  elif has_one_of apt-get; then
    command="$(sudo_prefix)apt-get update && $(sudo_prefix)apt-get install -y --no-install-recommends $(packages_for apt $missing)"
    [ "$(id -u)" -eq 0 ] || tell_command "$command"
    install_with_apt $missing
  elif has_one_of dnf; then
    tell_command "$(sudo_prefix)dnf install -y $(packages_for dnf $missing)"
  else
    tell_command "install these with your system's package manager: $missing"
  fi
}

check_node() {
  node=$(command -v node) || node=
  node_version=$([ -z "$node" ] || "$node" --version 2>/dev/null | sed 's/^v//')
  if [ -z "$node_version" ] || ! version_at_least "$node_version" "$NODE_WANTED"; then
    complain "Node.js $NODE_WANTED or later is needed; found: ${node_version:-none}"
    complain 'get it from https://nodejs.org/en/download (macOS also: brew install node), then start again'
    exit 1
  fi
  command -v npm >/dev/null 2>&1 || give_up "npm is needed and was not found beside $node: get it from https://nodejs.org/en/download"
}

check_programs() {
  check_node
  find_missing
  [ -n "$missing" ] || return 0
  case " $missing " in
    *' rsync '*) say "rsync $RSYNC_WANTED or later is needed; found: $rsync_version" ;;
  esac
  install_missing
  before=$missing
  find_missing
  [ -z "$missing" ] || give_up "installed what provides $before, but still missing or too old: $missing"
}

# --- stamps: what was done with which files ----------------------------------------------------------------------

hasher='cksum'
if command -v sha256sum >/dev/null 2>&1; then
  hasher=sha256sum
elif command -v shasum >/dev/null 2>&1; then
  hasher='shasum -a 256'
fi

# tree_hash left-out-folder paths... : one hash over the names and contents of all files there but the tests.
# shellcheck disable=SC2086 # the hasher is a program and its option
tree_hash() {
  left_out=$1
  shift
  for path in "$@"; do
    [ -e "$path" ] || continue
    find "$path" \( -name node_modules -o -name __fixtures__ -o -name "$left_out" \) -prune -o -type f \
      ! -name '*.spec.ts' ! -name '*.spec.tsx' ! -name '*.int-spec.ts' ! -name '*.e2e-spec.ts' \
      -exec $hasher {} +
  done | LC_ALL=C sort | $hasher | cut -d ' ' -f 1
}

is_done() { [ -f "node_modules/.fleetclone-$1" ] && [ "$(cat "node_modules/.fleetclone-$1")" = "$2" ]; }

mark_done() { printf '%s\n' "$2" >"node_modules/.fleetclone-$1"; }

# --- the steps ---------------------------------------------------------------------------------------------------

# Packages hold compiled parts, so another system or another Node needs another installation.
packages_state() { echo "$(tree_hash - package-lock.json) $(uname -sm) node-${node_version%%.*}"; }

generated_state() {
  echo "$(tree_hash - apps/controller/prisma apps/controller/project.json package-lock.json tools/build)" \
    "$(tree_hash - apps/controller/src/generated)"
}

built_state() {
  echo "$(tree_hash generated apps libs tools package.json package-lock.json nx.json tsconfig.base.json)" \
    "$(tree_hash - dist)"
}

install_packages() {
  is_done setup "$(packages_state)" && return
  take_lock
  is_done setup "$(packages_state)" && return
  # Scripts of packages stay off with every npm: nothing here needs them, and some would download or compile.
  run_step 'installing packages with npm ci (a minute or two)' \
    'is the network there, and package-lock.json unchanged? after changing package.json run: npm install' \
    npm ci --ignore-scripts --no-audit --no-fund
  mark_done setup "$(packages_state)"
}

# Prisma's generator asks for the path of its engine but never starts it; any file that exists keeps it from
# downloading one. CHECKPOINT_DISABLE keeps it from asking for news.
run_nx() {
  env NX_DAEMON=false CHECKPOINT_DISABLE=1 PRISMA_SCHEMA_ENGINE_BINARY="$node" node_modules/.bin/nx run-many -t "$@"
}

generate_and_build() {
  is_done build "$(built_state)" && is_done generate "$(generated_state)" && return
  take_lock
  if ! is_done build "$(built_state)"; then
    run_step 'building (half a minute at first)' 'see the messages above; npx nx run-many -t build shows them in full' \
      run_nx generate build
    mark_done build "$(built_state)"
  elif ! is_done generate "$(generated_state)"; then
    run_step 'generating the database client' 'see the messages above' run_nx generate
  fi
  mark_done generate "$(generated_state)"
}

purpose=demo
while [ $# -gt 0 ]; do
  case $1 in
    --for=*) purpose=${1#--for=} ;;
    --for)
      purpose=${2-}
      [ $# -lt 2 ] || shift
      ;;
    *) purpose= ;;
  esac
  shift
done
case $purpose in
  start | demo | test) ;;
  *)
    echo 'usage: sh tools/setup.sh [--for start|demo|test]' >&2
    exit 2
    ;;
esac

cd "$(dirname "$0")/.." || exit 1
system=$(uname -s)
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

heal_services
check_programs
install_packages
generate_and_build
if [ -n "$worked" ]; then say "ready after $(($(date +%s) - started)) s"; else say 'everything is in place'; fi
