/**
 * Reads a socket of a host once, by a tool that is there: uwsgi itself, nc, ncat or socat. For hosts where forwarding is
 * forbidden and that have neither Python nor Perl for the reader (stream-reader.ts). Each read is a session of its own;
 * nothing is written, so stats that have to be asked over HTTP are not read this way.
 */
import { Duplex } from 'node:stream';
import type { RunningCommand, StreamAddress } from './machine.ts';

const NO_TOOL_CODE = 99;
const COMPLAINT = 'uwsgi_connect()';
/** Codes of the script for what it sees before it connects. */
const ERRNO_OF_CODE: Record<number, string> = { 97: 'ENOENT', 98: 'EACCES' };

/**
 * `$1` is unix, abstract or tcp. `uwsgi --connect-and-read` prints what it reads to standard error (2.0.21), takes
 * `@name` and ends with 1 when it can't connect.
 */
const SCRIPT = `
exec </dev/null
has() { command -v "$1" >/dev/null 2>&1; }
if [ "$1" = unix ]; then
  [ -e "$2" ] || exit 97
  [ -w "$2" ] || exit 98
fi
if has uwsgi; then exec uwsgi --connect-and-read "$2" 2>&1; fi
case $1 in
unix)
  if has nc && nc -h 2>&1 | grep -q 'U[a-zA-Z]*]'; then exec nc -U "$2"; fi
  if has ncat; then exec ncat -U "$2"; fi
  case $2 in *[:,]*) ;; *) if has socat; then exec socat -u UNIX-CONNECT:"$2" -; fi ;; esac ;;
tcp)
  for t in nc ncat; do if has $t; then exec $t "$3" "$4"; fi; done
  if has socat; then exec socat -u TCP:"$2" -; fi ;;
esac
exit ${NO_TOOL_CODE}
`;

/** `null`: there is no such tool. Rejects with an errno when the socket does not open; `signal` gives it up. */
export async function openOneShot(
  address: StreamAddress,
  signal: AbortSignal,
  spawn: (argv: readonly [string, ...string[]]) => Promise<RunningCommand>,
): Promise<Duplex | null> {
  const words = wordsOf(address);
  // No program can be given such a name, or would take it for an option.
  if (words.some((word) => word.includes('\0') || word.startsWith('-'))) return null;
  const command = await spawn(['/bin/sh', '-c', SCRIPT, 'sh', ...words]);
  const { promise, resolve, reject } = Promise.withResolvers<Duplex | null>();
  let hasData = false;
  const stream = new Duplex({
    read: () => {
      // What comes is pushed at once: whoever reads it drains it.
    },
    destroy: (error, callback) => {
      command.kill();
      callback(error);
    },
  });
  const abort = (): void => {
    stream.destroy();
    reject(new Error('given up'));
  };
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  command.stdout.on('data', (chunk: Buffer) => {
    // What uwsgi complains of comes the same way; its exit code tells it, too.
    if (!hasData && chunk.toString('latin1', 0, COMPLAINT.length) === COMPLAINT) return;
    hasData = true;
    stream.push(chunk);
    resolve(stream);
  });
  command.stderr.resume();
  // What breaks one of these ends the command, too.
  for (const part of [command.stdin, command.stdout, command.stderr]) part.on('error', () => {});
  void command.ended.then(({ code }) => {
    signal.removeEventListener('abort', abort);
    stream.push(null);
    if (code === 0) resolve(stream);
    else if (code === NO_TOOL_CODE) resolve(null);
    else reject(refused(code));
    return code;
  });
  return promise;
}

function wordsOf(address: StreamAddress): string[] {
  if (address.type === 'tcp') return ['tcp', `${address.host}:${address.port}`, address.host, String(address.port)];
  const { path } = address;
  return path.startsWith('\0') ? ['abstract', `@${path.slice(1)}`] : ['unix', path];
}

function refused(code: number | null): Error {
  const errno = ERRNO_OF_CODE[code ?? 0] ?? 'ECONNREFUSED';
  return Object.assign(new Error(errno), { code: errno });
}
