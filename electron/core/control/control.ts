/**
 * What Reeve does to a server, and nothing else does: a write into a master's FIFO, a touch, a signal, a reload of a
 * systemd unit. On this machine by system calls; over SSH, and through sudo, by fixed programs. Errors are the same
 * on both ways. One writer at a time for each FIFO of each machine.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CoreError, describe, isErrorCode } from '../errors.ts';
import type { Machine } from '../machine/machine.ts';
import { Turns } from '../turns.ts';
import { checkLocalFifo, type FifoCheck, fifoError, formatMode, writeLocalFifo } from './local-fifo.ts';
import { firstLine, runControl } from './run-control.ts';

/** Where, and as whom. */
export interface Control {
  machine: Machine;
  /** Through `sudo -n`. */
  sudo: boolean;
}

/** The letters of uWSGI 2.0 that this console ever sends. */
const LETTERS = /^[rRwcqQpsPlL+-]{1,8}$/;
const COMMAND_LIMITS = { deadlineMs: 20_000, mostBytes: 16_384 };

const turns = new Turns();

/** Throws a `fifo-…` error; unless that is `fifo-failed`, nothing was written. */
export async function writeFifo(control: Control, path: string, letters: string): Promise<void> {
  if (!LETTERS.test(letters)) throw new RangeError(`"${letters}" is no command of a master FIFO`);
  const { machine, sudo } = control;
  await turns.take(`${machine.id}\0${path}`, async () => {
    if (actsHere(control)) return writeLocalFifo(path, letters);
    const { word, detail } = await acting(machine, async () =>
      runControl(machine, ['fifo-write', path, letters], sudo),
    );
    if (word !== 'ok') throw fifoTrouble(path, letters, word, detail);
  });
}

/** A master makes its FIFO anew after each command; so long that takes at most. */
const REMAKE_MS = 200;

/** Looks at a FIFO without disturbing its master where its open files can be seen. */
export async function checkFifo(control: Control, path: string, masterPid: number): Promise<FifoCheck> {
  const first = await lookAtFifo(control, path, masterPid);
  if (first.status === 'ready' || !['fifo-missing', 'fifo-no-reader'].includes(first.error.code)) return first;
  await sleep(REMAKE_MS);
  return lookAtFifo(control, path, masterPid);
}

async function lookAtFifo(control: Control, path: string, masterPid: number): Promise<FifoCheck> {
  const { machine, sudo } = control;
  if (actsHere(control)) return checkLocalFifo(path, masterPid);
  try {
    const { word, detail } = await runControl(machine, ['fifo-check', path, String(masterPid)], sudo);
    if (word !== 'ready') return { status: 'unusable', error: fifoTrouble(path, '', word, detail) };
    const [mode = '', uid = '', readBy = ''] = detail.split(' ');
    const seen = { mode: formatMode(Number.parseInt(mode, 8)), uid: Number(uid) };
    return { status: 'ready', ...seen, readBy: readBy === '0' ? null : Number(readBy) };
  } catch (error) {
    if (error instanceof CoreError) return { status: 'unusable', error };
    throw error;
  }
}

/**
 * Gives a file the time of now. uWSGI compares whole seconds: here a second touch within one second gets the time of
 * the next one. Makes the file when it is missing, unless `exists`. Throws `touch-failed`.
 */
export async function touchFile(control: Control, path: string, exists: boolean): Promise<void> {
  if (actsHere(control)) {
    try {
      if (await touchHere(path, exists)) return;
    } catch (error) {
      throw new CoreError('touch-failed', { path, reason: describe(error) }, { cause: error });
    }
  }
  await runCommand(control, touchArgv(path, exists), (reason) => new CoreError('touch-failed', { path, reason }));
}

/** Whether what `control` acts as may write to it; for a folder: whether it may make a file there. */
export async function isWritable(control: Control, path: string): Promise<boolean> {
  if (actsHere(control)) {
    return access(path, constants.W_OK).then(
      () => true,
      () => false,
    );
  }
  const { code } = await control.machine.run(['test', '-w', path], { ...COMMAND_LIMITS, sudo: control.sudo });
  return code === 0;
}

export function touchArgv(path: string, exists: boolean): [string, ...string[]] {
  return exists ? ['touch', '-c', path] : ['touch', path];
}

/**
 * To a master: reload, end at once, pause or resume. To a worker: HUP finishes its request and ends it. To an emperor: URG
 * forgets its blacklist.
 */
export type ControlSignal = 'HUP' | 'INT' | 'TSTP' | 'URG';

/** Which process a signal is for, as it was seen; checked again in the moment of the signal. */
export interface SignalTarget {
  pid: number;
  /** Arguments of the master. */
  masterArgs: readonly string[];
  /** Set when `pid` is not the master but a child of this one. */
  masterPid: number | null;
}

/** Throws `signal-not-master` or `signal-failed`. */
export async function sendSignal(control: Control, target: SignalTarget, signal: ControlSignal): Promise<void> {
  const { pid, masterPid, masterArgs } = target;
  if (actsHere(control)) return signalHere(control.machine, target, signal);
  const sha = createHash('sha256').update(masterArgs.join('\0')).digest('hex');
  const args = ['signal', String(pid), signal, sha, String(masterPid ?? 0)];
  const { machine, sudo } = control;
  const { word, detail } = await acting(machine, async () => runControl(machine, args, sudo));
  if (word === 'not-it' || detail === 'ESRCH') throw new CoreError('signal-not-master', { pid });
  if (word !== 'ok') throw new CoreError('signal-failed', { signal, pid, reason: wordsOf(detail) });
}

/** Why what `control` acts as may not signal this process; null: it may. Sends nothing. */
export async function findSignalDenial(control: Control, pid: number): Promise<string | null> {
  const { machine, sudo } = control;
  if (actsHere(control)) {
    try {
      process.kill(pid, 0);
      return null;
    } catch (error) {
      return describe(error);
    }
  }
  const argv = ['sh', '-c', 'kill -0 "$1"', 'sh', String(pid)] as const;
  const { code, stderr } = await machine.run(argv, { ...COMMAND_LIMITS, sudo });
  if (code === 0) return null;
  const reason = firstLine(stderr.toString('utf8'));
  return sudo && reason.startsWith('sudo:') ? reason : 'permission denied';
}

export function systemdArgv(unit: string): [string, ...string[]] {
  return ['systemctl', '--no-ask-password', 'reload', unit];
}

/** Throws `systemd-failed`. */
export async function reloadUnit(control: Control, unit: string): Promise<void> {
  await runCommand(control, systemdArgv(unit), (reason) => new CoreError('systemd-failed', { unit, reason }));
}

async function runCommand(
  { machine, sudo }: Control,
  argv: [string, ...string[]],
  failed: (reason: string) => CoreError,
): Promise<void> {
  const { code, stderr } = await acting(machine, async () => machine.run(argv, { ...COMMAND_LIMITS, sudo }));
  if (code === 0) return;
  if (code === null) throw new CoreError('control-unsure', { reason: `${argv[0]} was ended.` });
  const reason = firstLine(stderr.toString('utf8'));
  if (sudo && reason.startsWith('sudo:')) throw new CoreError('sudo-refused', { machine: machine.name, reason });
  throw failed(reason === '' ? `${argv[0]} ended with ${code}` : reason);
}

/** What was sent may have arrived when the link breaks, or when no answer comes: that is told as such, never guessed. */
async function acting<T>(machine: Machine, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof CoreError) || error.code === 'sudo-refused') throw error;
    const isLost = error.code.startsWith('ssh-') || (machine.way !== null && machine.way.state.status !== 'ready');
    const isLate = error.code === 'command-failed' && String(error.values['reason']).startsWith('no end within');
    if (!isLost && !isLate) throw error;
    throw new CoreError('control-unsure', { reason: error.message }, { cause: error });
  }
}

function actsHere({ machine, sudo }: Control): boolean {
  return machine.isLocal && !sudo;
}

/** false: this user may write to it and does not own it, so only `touch` can set the time of now. */
async function touchHere(path: string, exists: boolean): Promise<boolean> {
  const handle = await open(path, exists ? 'r+' : 'a');
  try {
    const before = await handle.stat();
    const seconds = Math.max(Math.floor(Date.now() / 1000), Math.floor(before.mtimeMs / 1000) + 1);
    await handle.utimes(seconds, seconds);
    return true;
  } catch (error) {
    if (isErrorCode(error, 'EPERM')) return false;
    throw error;
  } finally {
    await handle.close();
  }
}

async function signalHere(machine: Machine, target: SignalTarget, signal: ControlSignal): Promise<void> {
  const { pid, masterPid, masterArgs } = target;
  const [master, child] = await Promise.all([machine.readProcess(masterPid ?? pid), machine.readProcess(pid)]);
  const isMaster = master !== null && master.args.join('\0') === masterArgs.join('\0');
  if (!isMaster || (masterPid !== null && child?.parentPid !== masterPid)) {
    throw new CoreError('signal-not-master', { pid });
  }
  try {
    process.kill(pid, `SIG${signal}`);
  } catch (error) {
    throw new CoreError('signal-failed', { signal, pid, reason: describe(error) }, { cause: error });
  }
}

function fifoTrouble(path: string, letters: string, word: string, detail: string): CoreError {
  if (word === 'errno') return fifoError(path, detail, wordsOf(detail));
  if (word === 'not-fifo') return new CoreError('fifo-not-fifo', { path });
  const reason = word === 'short' ? `only ${detail} of ${letters.length} letters were taken` : `unknown answer ${word}`;
  return new CoreError('fifo-failed', { path, reason });
}

/** The words that `describe` has for the error of this name. */
function wordsOf(errno: string): string {
  return describe(Object.assign(new Error(errno), { code: errno }));
}
