/**
 * What is looked up on a host behind SSH, as one fixed shell script that reads a question a line and answers at once.
 * It needs the usual programs only (stat, head, ls, readlink, grep), makes no file, and never opens what is not a plain
 * file. Each answer ends with a line of its own, the mark, which its user chose at random.
 *
 *   stat PATH          `=` mode(hex) inode uid gid size mtime, or `!` and the system's words
 *   read MOST PATH     the same line, then the bytes of a plain file, at most MOST + 1
 *   list PATH          the same line, then the names in a folder, each ended by NUL
 *   real PATH          the path with all links followed, after `=`
 *   writable PATH      `=` for a file that can be saved: it may be written, and so may its folder, where that is done
 *   host               names and numbers of the machine and the user
 *   servers            /proc of what may be a uWSGI or a Reeve engine (process-text.ts)
 *   process PID        the same of one process
 *
 * PATH is escaped as for `printf %b`. A mark before the first answer ends what the shell of a user printed. Pure.
 */
import { quote } from './remote-command.ts';

export function lookScript(mark: string): string {
  return `m=${quote(mark)}\n${SCRIPT}`;
}

/** A line that no question begins with makes it end, as the end of its input does. */
const SCRIPT = `
LC_ALL=C; export LC_ALL
if stat -L -c %f / >/dev/null 2>&1; then st() { stat -L -c '%f %i %u %g %s %Y' "$1" 2>&1; }
else st() { stat -L -f '%Xp %i %u %g %z %m' "$1" 2>&1; }; fi
about() { if o=$(st "$1"); then printf '=%s\\n' "$o"; else printf '!%s\\n' "$o"; return 1; fi; }
path() { p=$(printf '%b_' "$1"); p=\${p%_}; }
contents() {
  if [ -f "$2" ] && ! [ -r "$2" ]; then printf '!Permission denied\\n'
  elif about "$2" && [ -f "$2" ]; then head -c "$(($1 + 1))" <"$2"; fi
}
names() {
  if [ -d "$1" ] && ! { [ -r "$1" ] && [ -x "$1" ]; }; then printf '!Permission denied\\n'
  elif about "$1" && [ -d "$1" ]; then
    ( cd "$1" && for f in * .[!.]* ..?*; do if [ -e "$f" ] || [ -h "$f" ]; then printf '%s\\0' "$f"; fi; done )
  fi
}
real() { if [ -e "$1" ]; then printf '=%s' "$(readlink -f "$1")"; else about "$1"; fi; }
writable() { if r=$(readlink -f "$1") && [ -w "$r" ] && [ -w "\${r%/*}/" ]; then printf =; else printf '!'; fi; }
host() {
  hostname; getconf _NPROCESSORS_ONLN || nproc; id -u; id -un; id -g; id -gn; uname -s; date +%s
}
texts() {
  a=; b=; c=
  for q; do a="$a /proc/$q/cmdline /proc/$q/environ"; b="$b /proc/$q/stat /proc/$q/status /proc/$q/cgroup"; c="$c /proc/$q/cwd /proc/$q/exe"; done
  grep -asHz '' $a /dev/null; printf '%s-1\\n' "$m"
  grep -asH '' /proc/[0-9]*/comm $b /dev/null; printf '%s-1\\n' "$m"
  ls -ld $c /dev/null 2>/dev/null; printf '%s-1\\n' "$m"
  grep '^btime' /proc/stat; printf '%s-1\\n' "$m"
  cat /etc/passwd
}
servers() {
  if ! [ -r /proc/self/cmdline ]; then printf 'ps\\n'; ps -axo pid=,ppid=,user=,command=; return; fi
  printf 'proc\\n'
  f=$(grep -alisE 'uwsgi|engine' /proc/[0-9]*/cmdline /proc/[0-9]*/comm | cut -d/ -f3 | sort -un)
  texts $f 2>/dev/null
}
process() {
  if [ -r /proc/self/cmdline ]; then printf 'proc\\n'; texts "$1" 2>/dev/null
  else printf 'ps\\n'; ps -axo pid=,ppid=,user=,command= -p "$1"; fi
}
printf '\\n%s\\n' "$m"
while IFS= read -r q; do
  set -f; set -- $q; set +f
  w=$1; n=$2
  case $w in
  stat | list | real | writable) e=\${q#* } ;;
  read) e=\${q#* }; e=\${e#* } ;;
  *) e= ;;
  esac
  path "$e"
  case $w in
  stat) about "$p" ;;
  read) contents "$n" "$p" ;;
  list) names "$p" ;;
  real) real "$p" ;;
  writable) writable "$p" ;;
  host) host 2>/dev/null ;;
  servers) servers 2>/dev/null ;;
  process) process "$n" ;;
  *) exit 0 ;;
  esac
  printf '\\n%s\\n' "$m"
done
`;
