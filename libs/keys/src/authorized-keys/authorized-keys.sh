#!/bin/sh
# authorized-keys.sh: edits one authorized_keys file, and in it only the lines of our credentials, which end
# in fleetclone:<credential-id>. Prints "changed" or "unchanged"; doing a thing twice changes nothing.
#
#   install <credential-id> <options> '<type> <blob>'   one line; replaces those with this id or this key
#   revoke <credential-id>                              removes the line with this id
#   revoke SHA256:<fingerprint>                         removes every line with this key, ours or not
#   list                                                prints "<credential-id> <type> <blob>" for each of ours
#
# FC_AUTHORIZED_KEYS names the file; without it, it is root's (an ordinary user's own when not run by root).
# Other lines stay as they are, byte for byte. The file is replaced by a rename, never written in place, and
# symbolic links are refused. Exit: 0 done, 1 failed, 2 wrong use, 3 a symbolic link is in the way.
set -euf
umask 077
PATH=/usr/bin:/bin:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL

fail() { # <exit code> <reason>
  printf 'authorized-keys: %s\n' "$2" >&2
  exit "$1"
}

# ---- the file ----

is_default=no
if [ -n "${FC_AUTHORIZED_KEYS:-}" ]; then
  file=$FC_AUTHORIZED_KEYS
else
  is_default=yes
  if [ "$(id -u)" = 0 ]; then home=~root; else home=${HOME:?}; fi
  file=$home/.ssh/authorized_keys
fi
case $file in /*/*) ;; *) fail 2 'the file must be named by an absolute path' ;; esac
folder=${file%/*}

open_file() {
  if [ -L "$folder" ] || [ -L "$file" ]; then fail 3 'refusing a symbolic link'; fi
  [ -d "$folder" ] || mkdir "$folder" || fail 1 'cannot make the folder'
  if [ -e "$file" ] && [ ! -f "$file" ]; then fail 1 'not a plain file'; fi
  [ -w "$folder" ] || fail 1 'cannot write to the folder'
  work=$(mktemp -d "$folder/.fleetclone.XXXXXX") || fail 1 'cannot write to the folder'
  lock=$folder/.fleetclone-lock
  locked=no
  trap '[ "$locked" = no ] || rm -f "$lock"; rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
  take_lock
  if [ -e "$file" ]; then cat "$file" >"$work/old"; else : >"$work/old"; fi
}

take_lock() { # two editors at once must not lose each other's line; the lock of one that was killed is taken over
  tries=0
  until (set -C && echo "$$" >"$lock") 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -le 150 ] || fail 1 'another editor is at work'
    holder=$(cat "$lock" 2>/dev/null) || holder=
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then rm -f "$lock"; fi
    sleep 0.1 2>/dev/null || sleep 1
  done
  locked=yes
}

repair_modes() { # sshd refuses keys in files or folders that others can write to
  chmod 600 "$file"
  [ "$is_default" = no ] || chmod 700 "$folder"
  [ "$is_default" = no ] || chmod go-w "$home"
  [ "$(id -u)" = 0 ] || return 0
  if [ "$is_default" = yes ]; then
    chown 0:0 "$folder" "$file"
  else
    # shellcheck disable=SC2012 # only the two numbers are read, and find and stat differ between systems
    owner=$(ls -ldn "$folder" | awk '{ print $3 ":" $4 }')
    chown "$owner" "$file"
  fi
}

replace_file() { # by $work/new
  if [ -e "$file" ] && cmp -s "$work/new" "$file"; then
    repair_modes
    echo unchanged
  else
    chmod 600 "$work/new"
    mv -f "$work/new" "$file"
    repair_modes
    echo changed
  fi
}

# ---- the lines ----

# Values come by ENVIRON, not -v: awk reads backslashes in the latter.
edit() { # <mode> <credential tag> <blobs> <new line>: reads $work/old; prints the new file, or what was asked for
  last_byte=$(tail -c 1 "$work/old"; echo x)
  newline='
'
  case $last_byte in "$newline"x | x) ends=yes ;; *) ends=no ;; esac
  FC_MODE=$1 FC_TAG=$2 FC_BLOBS=$3 FC_LINE=$4 FC_ENDS=$ends awk '
    # Splits a line at blanks outside of quotes, as sshd does; sets type, blob and tag ("" if there is none).
    function parse(line,    i, c, quoted, n, word, words) {
      type = blob = tag = ""
      sub(/\r$/, "", line)
      if (line ~ /^[ \t]*(#|$)/) return
      n = 0; word = ""; quoted = 0
      for (i = 1; i <= length(line) + 1; i++) {
        c = i <= length(line) ? substr(line, i, 1) : " "
        if (c == "\"" && substr(line, i - 1, 1) != "\\") quoted = !quoted
        if ((c == " " || c == "\t") && (!quoted || i > length(line))) {
          if (word != "") words[++n] = word
          word = ""
        } else word = word c
      }
      for (i = 1; i < n && type == ""; i++)
        if (words[i] ~ /^(ssh|ecdsa|sk)-[a-z0-9@.-]+$/ && words[i + 1] ~ /^AAAA[A-Za-z0-9+\/]+=*$/) {
          type = words[i]; blob = words[i + 1]
          if (i + 1 < n) tag = words[n]
        }
    }
    BEGIN { mode = ENVIRON["FC_MODE"]; wanted = ENVIRON["FC_TAG"]; blobs = ENVIRON["FC_BLOBS"]; ours = ENVIRON["FC_LINE"] }
    {
      parse($0)
      mine = (tag != "" && tag == wanted) || (blob != "" && index(blobs, " " blob " ") > 0)
      if (mode == "list") { if (index(tag, "fleetclone:") == 1) print substr(tag, 12), type, blob }
      else if (mode == "keys") { if (blob != "") print type, blob }
      else if (!mine) { kept[++count] = $0; last_kept = NR }
      else if (mode == "install" && !placed) { kept[++count] = ours; placed = 1 }
    }
    END {
      if (mode == "install" && !placed) kept[++count] = ours
      # A last line without a newline stays so, unless something now follows it.
      bare = ENVIRON["FC_ENDS"] == "no" && last_kept == NR && !(mode == "install" && !placed)
      for (i = 1; i <= count; i++) printf "%s%s", kept[i], (i == count && bare) ? "" : "\n"
    }' "$work/old"
}

blobs_of_fingerprint() { # <fingerprint>: prints the blobs with it, each between blanks
  edit keys '' '' '' | sort -u | while read -r type blob; do
    printf '%s %s\n' "$type" "$blob" >"$work/key"
    # The second word of what ssh-keygen prints; before OpenSSH 6.8 it knows no SHA-256 and nothing matches.
    printed=$(ssh-keygen -lf "$work/key" 2>/dev/null | awk '{ print $2 }')
    [ "$printed" != "$1" ] || printf ' %s ' "$blob"
  done
}

plain_id() { case $1 in '' | [.-]* | *[!A-Za-z0-9._-]*) fail 2 'bad credential id' ;; esac; }

install() { # <credential-id> <options> <key>
  plain_id "$1"
  type=${3%% *} blob=${3#* }
  case $type in '' | *[!a-z0-9@.-]*) fail 2 'bad public key' ;; esac
  case $blob in AAAA*) ;; *) fail 2 'bad public key' ;; esac
  case $blob in *[!A-Za-z0-9+/=]*) fail 2 'bad public key' ;; esac
  case $2 in '' | *[[:cntrl:]]*) fail 2 'bad options' ;; esac
  open_file
  edit install "fleetclone:$1" " $blob " "$2 $type $blob fleetclone:$1" >"$work/new"
  replace_file
}

revoke() { # <credential-id or fingerprint>
  case $1 in SHA256:*) ;; *) plain_id "$1" ;; esac
  if [ ! -e "$file" ] && [ ! -L "$file" ]; then
    echo unchanged
    return
  fi
  case $1 in
    SHA256:*)
      open_file
      blobs=$(blobs_of_fingerprint "$1")
      edit revoke '' "$blobs" '' >"$work/new"
      ;;
    *)
      open_file
      edit revoke "fleetclone:$1" '' '' >"$work/new"
      ;;
  esac
  replace_file
}

case "$#:${1:-}" in
  4:install) install "$2" "$3" "$4" ;;
  2:revoke) revoke "$2" ;;
  1:list)
    if [ ! -e "$file" ] && [ ! -L "$file" ]; then exit 0; fi
    open_file
    edit list '' '' ''
    ;;
  *) fail 2 "use: install <credential-id> <options> '<type> <blob>' | revoke <credential-id or SHA256:…> | list" ;;
esac
