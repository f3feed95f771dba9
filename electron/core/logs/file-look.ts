/**
 * One look into a log file, here or behind SSH: a fixed shell script that is given the path and a place as arguments,
 * tells what the file is now in one line, then prints the bytes from that place on, and ends. A place is an inode and
 * an offset: a file that was moved away is found in its folder by its inode and read to its end, and those that were
 * moved away after it (app.log.1, app.log-20261123, by when they were last written) are told. Nothing stays there
 * between two looks, so a lost connection loses nothing.
 */
import { CoreError } from '../errors.ts';
import type { Machine } from '../machine/machine.ts';

/** `$1` path, `$2` inode or 0 for the newest bytes, `$3` offset, `$4` bytes from the end for inode 0, `$5` 64 KiB blocks. */
const SCRIPT = `LC_ALL=C; export LC_ALL
path=$1 id=$2 at=$3 back=$4 blocks=$5 file=$1 now=0
if [ -e "$path" ]; then set -- $(ls -Ldin -- "$path"); now=$1; fi
if [ "$id" != 0 ] && [ "$id" != "$now" ]; then
  file=$(find "\${path%/*}/" -maxdepth 1 -type f -inum "$id" 2>/dev/null | head -n 1)
  if [ -z "$file" ]; then echo "gone $now"; exit 0; fi
fi
if [ ! -e "$file" ]; then echo "missing $now"; exit 0; fi
if [ ! -f "$file" ]; then echo "other $now"; exit 0; fi
if [ ! -r "$file" ]; then echo "unreadable $now"; exit 0; fi
exec 3<"$file"
set -- $(ls -Ldin /dev/fd/3)
size=$6
if [ "$id" = 0 ]; then at=$((size - back)); [ "$at" -gt 0 ] || at=0; fi
between=
if [ "$id" != 0 ] && [ "$id" != "$now" ]; then
  between=$(ls -Ltrdi -- "$path"[.-][0-9]* 2>/dev/null | while read -r inode name; do
    if [ "$seen" = 1 ]; then case $name in *[!0-9]) ;; *) printf '%s,' "$inode";; esac; fi
    if [ "$inode" = "$id" ]; then seen=1; fi
  done)
fi
echo "read $now $1 $size $at $(date +%z) $between"
[ "$at" -le "$size" ] || exit 0
{ dd bs=1 skip="$at" count=0; dd bs=65536 count="$blocks"; } <&3 2>/dev/null
exit 0`;

const BLOCK_BYTES = 65_536;
export const MOST_BYTES_A_LOOK = 16 * BLOCK_BYTES;
const DEADLINE_MS = 15_000;

/** null: the newest bytes, `backBytes` of them. */
export type LookFrom = { inode: string; offset: number } | { backBytes: number };

export type Look =
  | {
      status: 'read';
      /** Inode of what the path names now. */
      pathInode: string;
      inode: string;
      /** At the beginning of the look; `bytes` may reach beyond. Less than the offset: it was cut. */
      sizeBytes: number;
      offset: number;
      zone: string;
      /** It was moved away: the files that took its place and were moved away, too, oldest first. */
      between: string[];
      bytes: Buffer;
    }
  /** `gone`: the inode is not in the folder any more; `0` as `pathInode`: nothing is there. */
  | { status: 'gone' | 'missing' | 'other' | 'unreadable'; pathInode: string };

/** Throws a CoreError when the machine can't be asked. */
export async function lookIntoFile(machine: Machine, path: string, from: LookFrom): Promise<Look> {
  const isNewest = 'backBytes' in from;
  const place = isNewest ? ['0', '0', String(from.backBytes)] : [from.inode, String(from.offset), '0'];
  const { code, stdout } = await machine.run(
    ['sh', '-c', SCRIPT, 'reeve-log', path, ...place, String(MOST_BYTES_A_LOOK / BLOCK_BYTES)],
    { deadlineMs: DEADLINE_MS, mostBytes: MOST_BYTES_A_LOOK + 4_096 },
  );
  const look = parseLook(stdout);
  if (look === null && code === null && !machine.isLocal) {
    throw new CoreError('ssh-lost', { host: machine.name, reason: `it ended while ${path} was read` });
  }
  if (look === null) {
    const reason = `the shell there ended with ${code ?? 'a signal'} and no answer`;
    const command = `reading ${path}`;
    throw new CoreError('command-failed', { command, reason });
  }
  return look;
}

/** null: it is no answer of the script. */
export function parseLook(answer: Buffer): Look | null {
  const end = answer.indexOf(0x0a);
  if (end < 0) return null;
  const [status, pathInode = '', inode = '', size = '', offset = '', zone = '', between = ''] = answer
    .toString('latin1', 0, end)
    .split(' ');
  if (!/^\d+$/.test(pathInode)) return null;
  if (status === 'gone' || status === 'missing' || status === 'other' || status === 'unreadable') {
    return { status, pathInode };
  }
  if (status !== 'read' || ![inode, size, offset].every((text) => /^\d{1,15}$/.test(text))) return null;
  const bytes = answer.subarray(end + 1);
  const later = between.split(',').filter((text) => /^\d+$/.test(text));
  return { status, pathInode, inode, sizeBytes: Number(size), offset: Number(offset), zone, between: later, bytes };
}
