/**
 * How a file of a host behind SSH is written: scripts for /bin/sh that run there as a whole once their input has come
 * whole, so that a link that is lost at any time leaves the old text or the new one. They need the usual programs only.
 * Each prints `saved` or `changed`; what failed is on standard error, in the system's words. Pure.
 */

/** A save that was killed leaves its files for a minute: then the next one takes them away. */
const COMMON = `
LC_ALL=C; export LC_ALL
fail() { printf '%s\\n' "$1" >&2; exit 1; }
digest() { sha256sum <"$1" 2>/dev/null || shasum -a 256 <"$1" 2>/dev/null || cksum <"$1"; }
clean() { rm -f -- "$t.in" "$t.old" "$t"; }
flush() { sync -- "$1" 2>/dev/null || sync; }
trap clean EXIT
trap 'exit 143' TERM HUP INT PIPE`;

/**
 * Arguments: path, the file itself, a new name beside it that ends in .tmp, bytes of the text before, bytes of the text
 * after. Input: both texts. A file of another owner, or with several names, is written where it stands, its old bytes
 * beside it until that is done; any other is replaced by a new one of the same mode, owner and attributes.
 */
export const REPLACE_SCRIPT = `p=$1 r=$2 t=$3 n=$4 m=$5
${COMMON}
d=\${r%/*} b=\${r##*/} o=\${t%.tmp}.old
for f in "$d/.$b".????????????.tmp*; do
  [ -f "$f" ] && [ -n "$(find "$f" -prune -mmin +1 2>/dev/null)" ] && rm -f -- "$f"
done
same() { [ "$(readlink -f -- "$p")" = "$r" ] && [ "$(digest "$t.old")" = "$(digest "$r")" ]; }
about() { stat -c '%u %g' -- "$1" 2>/dev/null || stat -f '%u %g' -- "$1"; }
names() { stat -c %h -- "$1" 2>/dev/null || stat -f %l -- "$1"; }
put() { dd if="$1" of="$r" bs=65536 conv=notrunc 2>/dev/null && dd if=/dev/null of="$r" bs=1 seek="$2" count=0 2>/dev/null; }
[ -w "$r" ] || fail 'Permission denied'
umask 077
e=$({ cat >"$t.in"; } 2>&1) || fail "$e"
e=$({ head -c "$n" "$t.in" >"$t.old"; } 2>&1) || fail "$e"
e=$(cp -p -- "$r" "$t" 2>&1) || fail "$e"
cp --attributes-only --preserve=mode,xattr -- "$r" "$t" 2>/dev/null
e=$({ tail -c "+$((n + 1))" "$t.in" >"$t"; } 2>&1) || fail "$e"
[ "$(wc -c <"$t")" -eq "$m" ] || fail 'it could not be copied whole'
flush "$t"
same || { echo changed; exit 0; }
if [ "$(names "$r")" = 1 ] && [ "$(about "$t")" = "$(about "$r")" ]; then
  e=$(mv -f -- "$t" "$r" 2>&1) || fail "$e"
else
  mv -f -- "$t.old" "$o"
  flush "$o"
  trap '' TERM HUP INT PIPE
  if ! put "$t" "$m"; then
    put "$o" "$n" || fail "it was damaged; its old text is in $o"
    rm -f -- "$o"
    fail 'it could not be written where it stands'
  fi
  flush "$r"
  rm -f -- "$o"
fi
flush "$d"
echo saved`;

/** Arguments: path, a new name beside it, mode in octal or nothing, owner and group as `uid:gid` or nothing. */
export const CREATE_SCRIPT = `p=$1 t=$2 mode=$3 owner=$4
${COMMON}
taken() { [ -e "$p" ] || [ -h "$p" ]; }
if taken; then echo changed; exit 0; fi
[ -z "$mode" ] || umask 077
e=$({ cat >"$t"; } 2>&1) || fail "$e"
[ -z "$owner" ] || chown -- "$owner" "$t" 2>/dev/null
[ -z "$mode" ] || chmod -- "$mode" "$t" || fail 'its permissions could not be set'
flush "$t"
if ! ln -- "$t" "$p" 2>/dev/null; then
  if taken; then echo changed; exit 0; fi
  e=$(mv -f -- "$t" "$p" 2>&1) || fail "$e"
fi
echo saved`;

const WORDS: readonly [RegExp, string][] = [
  [/no space left on device/i, 'the disk is full'],
  [/disk quota exceeded/i, 'the disk quota is used up'],
  [/read-only file system/i, 'the file system is read-only'],
  [/permission denied|operation not permitted/i, 'permission denied'],
  [/no such file or directory|directory nonexistent/i, 'its folder does not exist'],
];

/** What a script wrote to standard error, as pages say it. */
export function saveFailure(stderr: string): string {
  const line = stderr.trim().split('\n').at(-1)?.trim() ?? '';
  return (
    WORDS.find(([pattern]) => pattern.test(stderr))?.[1] ?? (line === '' ? 'no reason was given' : line.slice(0, 300))
  );
}
