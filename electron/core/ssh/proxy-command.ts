/** ProxyCommand: a program of this machine whose standard input and output are the connection to a host. */
import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { CoreError } from '../errors.ts';

const MOST_ERROR_TEXT = 500;

/** `command` has its tokens expanded. Ends the program with the stream. Rejects when it can't be started. */
export async function openProxyCommand(command: string, hostName: string): Promise<Duplex> {
  const isWindows = process.platform === 'win32';
  const child = isWindows
    ? spawn(command, { shell: true, stdio: 'pipe', windowsHide: true })
    : spawn('/bin/sh', ['-c', `exec ${command}`], { stdio: 'pipe', detached: true });
  const started = Promise.withResolvers<void>();
  let hasEnded = false;
  const end = (): void => {
    if (child.pid === undefined || hasEnded) return;
    hasEnded = true;
    if (isWindows) child.kill();
    else endGroup(child.pid);
  };
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-MOST_ERROR_TEXT);
  });
  // Its end is told by `exit`.
  child.stdin.on('error', () => {});
  child.once('spawn', started.resolve);
  child.once('error', started.reject);
  const fail = (reason: string): CoreError => new CoreError('ssh-proxy-command', { host: hostName, reason });
  try {
    await started.promise;
  } catch (error) {
    throw fail(error instanceof Error ? error.message : String(error));
  }
  const stream = new Duplex({
    read: () => {
      child.stdout.resume();
    },
    write: (chunk: Buffer, _encoding, done) => {
      child.stdin.write(chunk, () => done());
    },
    final: (done) => {
      child.stdin.end(() => done());
    },
    destroy: (error, done) => {
      end();
      done(error);
    },
  });
  child.stdout.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) child.stdout.pause();
  });
  // What it left behind may hold its pipes open, and would outlive the connection.
  child.once('exit', end);
  child.once('close', (code, signal) => {
    const words = lastLine(said) ?? (signal === null ? `exit code ${code ?? 0}` : `signal ${signal}`);
    stream.destroy(fail(words));
  });
  return stream;
}

function lastLine(text: string): string | null {
  const line = text
    .split(/[\r\n]+/)
    .map((each) =>
      Array.from(each, (char) => (char < ' ' || char === '\u007F' ? '' : char))
        .join('')
        .trim(),
    )
    .findLast((each) => each !== '');
  return line === undefined ? null : line.replace(/\.$/, '');
}

/** Groups that were asked to end and may not have done so yet. */
const ending = new Set<number>();
const GRACE_MS = 2_000;

/** The program and all that it started, but for what made itself a group of its own. */
function endGroup(leader: number): void {
  if (!signalGroup(leader, 'SIGTERM')) return;
  if (ending.size === 0) process.once('exit', killRest);
  ending.add(leader);
  setTimeout(() => {
    ending.delete(leader);
    if (ending.size === 0) process.removeListener('exit', killRest);
    signalGroup(leader, 'SIGKILL');
  }, GRACE_MS).unref();
}

function killRest(): void {
  for (const leader of ending) signalGroup(leader, 'SIGKILL');
}

/** False: there is no such group any more. */
function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    // All of it has ended already.
    return false;
  }
}
