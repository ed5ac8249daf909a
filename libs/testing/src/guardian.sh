#!/bin/sh
# Cleans up after a test or demo process that died without doing so itself (kill -9, crash, lost terminal).
# Reads one line per change from standard input ("+pid N", "-pid N", "+dir PATH", "-dir PATH"). End of input
# means that the process is gone: what is still listed is killed, with all its descendants, and removed.
set -u
trap '' HUP INT TERM

# Every process as "pid parent group". Slim Linux images have no ps, other systems have no /proc.
processes() {
  if [ -r /proc/self/stat ]; then
    for stat in /proc/[0-9]*/stat; do
      { read -r line <"$stat"; } 2>/dev/null || continue
      # The program's name stands in brackets and may itself hold brackets and spaces.
      rest=${line##*) }
      echo "${line%% *} ${rest#? }"
    done
  else
    ps -A -o pid= -o ppid= -o pgid=
  fi
}

# The process, its descendants, and everything in its process group.
family() {
  processes | awk -v root="$1" '
    { parent[$1] = $2; group[$1] = $3 }
    END {
      for (pid in parent) {
        at = pid
        for (steps = 0; at != root && (at in parent) && steps < 1000; steps++) at = parent[at]
        if (at == root || group[pid] == root) print pid
      }
    }'
}

# Frozen first, so that none can start another one between looking and killing.
kill_family() {
  for pid in $(family "$1"); do kill -STOP "$pid" 2>/dev/null; done
  for pid in $(family "$1"); do kill -KILL "$pid" 2>/dev/null; done
}

pids=' '
dirs='
'
while IFS= read -r change; do
  item=${change#* }
  case $change in
    '+pid '*) pids="$pids$item " ;;
    '-pid '*) case $pids in *" $item "*) pids="${pids%%" $item "*} ${pids#*" $item "}" ;; esac ;;
    '+dir '*) dirs="$dirs$item
" ;;
    '-dir '*) dirs=$(printf '%s' "$dirs" | grep -Fxv -e "$item")
      dirs="$dirs
" ;;
  esac
done

for pid in $pids; do kill_family "$pid"; done
printf '%s' "$dirs" | while IFS= read -r dir; do
  case $dir in /*/*) ;; *) continue ;; esac
  rm -rf -- "$dir" 2>/dev/null || { chmod -R u+rwx "$dir" && rm -rf -- "$dir"; } 2>/dev/null
done
exit 0
