/**
 * What is done in a spooler's folder, here or behind SSH: three fixed scripts for /bin/sh whose values come as arguments
 * and on standard input. They need the usual programs only. Nothing is followed out of the folder: links are left alone,
 * and a folder in it has to be one of its own. A file that a process holds a lock on is never changed: uWSGI and the
 * bundled engine keep theirs for as long as a task is written or run, and the kernel lists them in /proc/locks. Pure.
 */

/** Locks of fcntl for writing: `1: POSIX ADVISORY WRITE pid major:minor:inode start end`. */
const COMMON = `LC_ALL=C; export LC_ALL
if stat -c %Y / >/dev/null 2>&1; then st() { stat -c '%Y %s %i %n' -- "$@"; }; else st() { stat -f '%m %z %i %N' -- "$@"; }; fi
holder() { sed -n "s/^[0-9]*: POSIX *ADVISORY *WRITE *\\([0-9]*\\) [0-9a-f]*:[0-9a-f]*:$1 .*/\\1/p" /proc/locks 2>/dev/null | head -n 1; }
enter() {
  if [ ! -e "$1" ]; then echo missing; exit 0; fi
  if [ ! -d "$1" ]; then echo other; exit 0; fi
  if ! { [ -r "$1" ] && [ -x "$1" ] && cd -P -- "$1"; }; then printf 'closed '; id -un; ls -ld -- "$1"; exit 0; fi
  r=$(pwd -P); [ "$r" != / ] || r=
}
within() { cd -P -- "$r/$1" 2>/dev/null && [ "$(pwd -P)" = "$r\${1:+/$1}" ]; }`;

/**
 * Arguments: the folder, how many tasks to list. Prints `read NOW KNOWS_LOCKS`, then the oldest tasks and all that are
 * held, one a line, `PID FAILURES MTIME SIZE INODE ./PLACE/NAME` (0: nobody holds it; none is known of), then how many
 * there are in each place, `sum LATER HELD OTHERS OLDEST PLACE`, so that what is not listed is counted.
 */
export const LIST_SCRIPT = `d=$1 most=$2
${COMMON}
enter "$d"
now=$(date +%s)
if [ -r /proc/locks ]; then k=1; else k=0; fi
echo "read $now $k"
{
  sed -n 's/^[0-9]*: POSIX *ADVISORY *WRITE *\\([0-9]*\\) [0-9a-f]*:[0-9a-f]*:\\([0-9]*\\) .*/L \\1 \\2/p' /proc/locks 2>/dev/null
  find .attempts -type f -name 'uwsgi_spoolfile_on_*' -exec grep -o '"attempts": *[0-9]*' /dev/null {} + 2>/dev/null |
    sed -n 's/^\\.attempts\\/\\([^/]*\\):"attempts": *\\([0-9]*\\)$/A \\2 \\1/p'
  echo F
  if stat -c %Y / >/dev/null 2>&1; then set -- -c '%Y %s %i %n'; else set -- -f '%m %z %i %N'; fi
  find . -name '.?*' -prune -o -type f -name 'uwsgi_spoolfile_on_*' -exec stat "$@" {} + 2>/dev/null | sort -n
} | awk -v now="$now" -v most="$most" '
  !f && $1 == "L" { pid[$3] = $2; next }
  !f && $1 == "A" { failures[substr($0, length($2) + 4)] = $2; next }
  !f { f = 1; next }
  {
    name = $0; sub(/^[^ ]+ [^ ]+ [^ ]+ /, "", name)
    place = name; if (!sub(/\\/[^\\/]*$/, "", place)) next
    held = ($3 in pid) ? pid[$3] : 0
    own = name; sub(/^.*\\//, "", own)
    places[place] = 1
    if (held) holds[place]++
    else if ($1 + 0 > now + 0) later[place]++
    else { due[place]++; if (!(place in oldest)) oldest[place] = $1 }
    if (n++ < most || held) print held, failures[own] + 0, $0
  }
  END { for (p in places) print "sum", later[p] + 0, holds[p] + 0, due[p] + 0, oldest[p] + 0, p }'
exit 0`;

/**
 * Arguments: the folder, the place in it, the name, how many bytes. Prints `read PID MTIME SIZE RECORD`, then the
 * bytes. RECORD: what the bundled engine keeps of its failed runs, in one line; nothing where there is none.
 */
export const READ_SCRIPT = `d=$1 place=$2 name=$3 most=$4
${COMMON}
enter "$d"
within "$place" || { echo gone; exit 0; }
if [ -h "$name" ]; then echo link; exit 0; fi
if [ ! -e "$name" ]; then echo gone; exit 0; fi
if [ ! -f "$name" ]; then echo link; exit 0; fi
if [ ! -r "$name" ]; then printf 'closed '; id -un; ls -ld -- "$name"; exit 0; fi
exec 3<"$name" || { echo gone; exit 0; }
set -- $(st "$name" 2>/dev/null)
if [ $# -lt 4 ]; then echo gone; exit 0; fi
h=$(holder "$3")
f=
if [ ! -h "$r/.attempts" ] && [ ! -h "$r/.attempts/$name" ] && [ -f "$r/.attempts/$name" ]; then
  f=$(head -c 2000 "$r/.attempts/$name" 2>/dev/null | tr -d '\\n')
fi
printf 'read %s %s %s %s\\n' "\${h:-0}" "$1" "$2" "$f"
head -c "$most" <&3
exit 0`;

/**
 * Arguments: `delete` or `retry`, the folder, the place of tasks that were given up. Input: a task a line, `PLACE/NAME`
 * (`/NAME` in the folder itself). Prints what became of each, in their order: `done`, `begun` (deleted as a process took
 * it), `running`, `gone`, or `failed` and the system's words. One that was given up goes back to where it came from.
 */
export const CHANGE_SCRIPT = `what=$1 d=$2 given_up=$3
${COMMON}
enter "$d"
change() {
  if [ "$what" = delete ]; then rm -f -- "$1" </dev/null 2>&1; return; fi
  touch -c -- "$1" 2>&1 || return
  case $2 in
  "$given_up" | "$given_up"/*)
    back=$r\${2#"$given_up"}
    if [ -e "$back/$1" ]; then echo "a task of this name is there already"; return 1; fi
    mkdir -p -- "$back" 2>&1 && mv -- "$1" "$back/$1" </dev/null 2>&1 ;;
  esac
}
while IFS= read -r t; do
  p=\${t%/*} n=\${t##*/}
  if ! within "$p" || { [ ! -e "$n" ] && [ ! -h "$n" ]; }; then echo gone; continue; fi
  if [ -h "$n" ] || [ ! -f "$n" ]; then echo 'failed it is no plain file'; continue; fi
  i=$(ls -di -- "$n" 2>/dev/null) && i=$(printf %s "$i" | sed 's/^ *//; s/ .*//')
  if [ -z "$i" ]; then echo gone; continue; fi
  if [ -n "$(holder "$i")" ]; then echo running; continue; fi
  if e=$(change "$n" "$p"); then
    # A process that took it at this very moment runs it once more.
    if [ "$what" = delete ] && [ -n "$(holder "$i")" ]; then echo begun; else echo 'done'; fi
  elif [ ! -e "$n" ]; then echo gone
  else printf 'failed %s\\n' "$(printf %s "$e" | tr '\\n' ' ')"; fi
done
exit 0`;
