/**
 * Raises alarms: runs their commands, writes them to the log, hands them on as signals and messages. What alarms say of
 * themselves, their commands' output too, raises no alarm, so that none can feed on itself (on uWSGI one can).
 */
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import type { StatsAlarm } from '../api/stats.ts';
import { ALARM_KINDS, type AlarmSetting, type AlarmSettings } from '../config/alarm-settings.ts';
import type { EngineSettings } from '../config/settings.ts';
import { compileRules, cutText, isRepetition, type LastRaised, type LineJudge } from './alarm-rules.ts';
import { errorCode } from './engine-log.ts';

/** Commands of one alarm that may run at the same time. */
const MAX_COMMANDS = 16;
/** Commands of one alarm that start within a second: a flood of lines is not to keep the master from its work. */
const MAX_STARTS_PER_SECOND = 32;
const CRASHES = new Map([
  [constants.signals.SIGILL, 'SIGILL'],
  [constants.signals.SIGBUS, 'SIGBUS'],
  [constants.signals.SIGFPE, 'SIGFPE'],
  [constants.signals.SIGSEGV, 'SIGSEGV'],
]);

export interface AlarmHost {
  settings: () => Pick<EngineSettings, 'alarms' | 'queueLength'>;
  /** Writes lines that raise no alarms. */
  log: (text: string) => void;
  place: () => { shell: string; env: NodeJS.ProcessEnv; cwd: string };
  /** A signal of uWSGI's framework. */
  raiseSignal: (signal: number) => void;
  /** A message to a mule, 0: to any; false: there is none. */
  sendToMule: (mule: number, text: string) => boolean;
}

interface Account {
  raised: number;
  last: LastRaised | null;
  running: number;
  /** Starts within the second that began at `secondMs`. */
  starts: number;
  secondMs: number;
  dropped: number;
}

export class Alarms {
  readonly #host: AlarmHost;
  /** By name and action: two alarms may have one name. */
  readonly #accounts = new Map<string, Account>();
  readonly #commands = new Set<ChildProcess>();
  readonly #sockets = new Map<number, Socket>();
  #judge: LineJudge;
  #isBacklogFull = false;
  #isRaising = false;
  #refused = 0;

  constructor(host: AlarmHost) {
    this.#host = host;
    this.#judge = compileRules(host.settings().alarms.rules);
  }

  get stats(): StatsAlarm[] {
    return this.#settings.alarms.map((alarm) => {
      const { raised = 0, last = null } = this.#accounts.get(keyOf(alarm)) ?? {};
      const lastMs = last?.atMs ?? 0;
      return {
        name: alarm.name,
        action: alarm.text,
        raised,
        last: Math.floor(lastMs / 1000),
        last_message: last?.text.trimEnd() ?? '',
      };
    });
  }

  /** The settings in effect are there, at the start or by a reload: looks at the descriptors of `alarm-fd`. */
  adopt(): void {
    const { descriptors, isListed, rules } = this.#settings;
    this.#judge = compileRules(rules);
    if (isListed) this.#host.log(`*** alarms: ${ALARM_KINDS.join(', ')} ***`);
    for (const [fd, socket] of this.#sockets) {
      if (descriptors.some((descriptor) => descriptor.fd === fd)) continue;
      socket.destroy();
      this.#sockets.delete(fd);
    }
    for (const { fd } of descriptors) if (!this.#sockets.has(fd)) this.#watch(fd);
  }

  /** False: there is no such alarm. */
  raise(name: string, text: string, nowMs = Date.now()): boolean {
    const { alarms, maxTextBytes, repeatSeconds } = this.#settings;
    const meant = alarms.filter((alarm) => alarm.name === name);
    const message = cutText(text, maxTextBytes);
    for (const alarm of meant) {
      const account = this.#accountOf(alarm);
      if (isRepetition(account.last, message, nowMs, repeatSeconds)) continue;
      account.last = { text: message, atMs: nowMs };
      account.raised += 1;
      const wasRaising = this.#isRaising;
      this.#isRaising = true;
      this.#act(alarm, account, message);
      this.#isRaising = wasRaising;
    }
    return meant.length > 0;
  }

  /** A line of the log, as bytes in a string. */
  sawLine(line: string): void {
    // What is written while an alarm is raised is about that alarm.
    if (this.#isRaising) return;
    const names = this.#judge(line);
    if (names.length === 0) return;
    const text = Buffer.from(line, 'latin1').toString();
    for (const name of names) this.raise(name, text);
  }

  /** Once a cycle: requests that wait, and those refused since the start. */
  sawBacklog(waiting: number, refused: number): void {
    const most = this.#host.settings().queueLength;
    const isFull = waiting >= most || refused > this.#refused;
    this.#refused = refused;
    if (isFull && !this.#isBacklogFull) {
      this.#raiseAll(this.#settings.onBacklog, `*** the listen queue is full: ${most} requests wait ***`);
    }
    this.#isBacklogFull = isFull;
  }

  /** A process of the server has ended; `what` names it. */
  sawEnd(what: string, signal: number | null): void {
    const name = CRASHES.get(signal ?? 0);
    if (name !== undefined) this.#raiseAll(this.#settings.onCrash, `*** ${what} has crashed (${name}) ***`);
  }

  /** Commands that run go on by themselves. */
  dispose(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#sockets.clear();
    for (const child of this.#commands) {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }
  }

  get #settings(): AlarmSettings {
    return this.#host.settings().alarms;
  }

  #raiseAll(names: readonly string[], text: string): void {
    for (const name of names) this.raise(name, text);
  }

  #accountOf(alarm: AlarmSetting): Account {
    const key = keyOf(alarm);
    const account = this.#accounts.get(key) ?? {
      raised: 0,
      last: null,
      running: 0,
      starts: 0,
      secondMs: 0,
      dropped: 0,
    };
    this.#accounts.set(key, account);
    return account;
  }

  #act({ name, action }: AlarmSetting, account: Account, text: string): void {
    const { log, raiseSignal, sendToMule } = this.#host;
    switch (action.type) {
      case 'log':
        return log(`ALARM: ${text.trimEnd()}`);
      case 'signal':
        return raiseSignal(action.signal);
      case 'mule':
        if (!sendToMule(action.mule, text)) log(`alarm ${name}: there is no mule to tell "${text.trimEnd()}"`);
        return;
      case 'cmd':
        return this.#run(name, action.command, account, text);
    }
  }

  #run(name: string, command: string, account: Account, text: string): void {
    const { log, place } = this.#host;
    if (!this.#mayStart(name, account, performance.now())) return;
    const { shell, env, cwd } = place();
    const failed = (reason: string): void => log(`alarm ${name}: ${command} ${reason}`);
    let child: ChildProcessWithoutNullStreams;
    try {
      child = spawn(shell, ['-c', command], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    } catch (error) {
      // What Node does not tell as an event: an environment that is too large, no memory.
      return failed(`could not be run (${errorCode(error)})`);
    }
    child.on('error', (error) => failed(`could not be run (${errorCode(error)})`));
    if (child.pid === undefined) return;
    account.running += 1;
    this.#commands.add(child);
    child.unref();
    // What it prints must raise no alarm again: it is read here and written as the alarms' own.
    for (const stream of [child.stdout, child.stderr]) {
      if (stream instanceof Socket) stream.unref();
      stream.on('data', (bytes: Buffer) => log(bytes.toString().replace(/\n$/, '')));
    }
    // It need not read its text.
    child.stdin.on('error', () => child.stdin.destroy());
    child.stdin.end(text);
    child.on('exit', (code, signal) => {
      account.running -= 1;
      this.#commands.delete(child);
      if (code !== 0) failed(`ended with ${signal ?? `exit code ${code ?? 0}`}`);
    });
  }

  #mayStart(name: string, account: Account, nowMs: number): boolean {
    if (nowMs - account.secondMs >= 1000) {
      if (account.dropped > 0) this.#host.log(`alarm ${name}: ${account.dropped} of its commands were left out`);
      Object.assign(account, { secondMs: nowMs, starts: 0, dropped: 0 });
    }
    if (account.running < MAX_COMMANDS && account.starts < MAX_STARTS_PER_SECOND) {
      account.starts += 1;
      return true;
    }
    account.dropped += 1;
    if (account.dropped === 1) {
      const why = account.running < MAX_COMMANDS ? `${account.starts} of its commands were started in a second` : '';
      this.#host.log(`alarm ${name}: ${why || `${MAX_COMMANDS} of its commands run`}; more are left out`);
    }
    return false;
  }

  #watch(fd: number): void {
    try {
      const stats = fstatSync(fd);
      if (!stats.isFIFO() && !stats.isSocket()) throw new Error('it is neither a pipe nor a socket');
      const socket = new Socket({ fd, readable: true, writable: false });
      this.#sockets.set(fd, socket);
      socket.unref();
      socket.on('error', (error) => this.#host.log(`alarm-fd ${fd}: ${errorCode(error)}`));
      socket.on('data', (bytes: Buffer) => this.#readable(fd, bytes));
    } catch (error) {
      this.#host.log(`*** alarm-fd: descriptor ${fd} can not be watched (${errorCode(error)}) ***`);
    }
  }

  #readable(fd: number, data: Buffer): void {
    for (const { fd: watched, alarm, bytes, text } of this.#settings.descriptors) {
      if (watched !== fd) continue;
      for (let at = 0; at < data.length; at += bytes) {
        this.raise(alarm, text === '' ? data.subarray(at, at + bytes).toString() : text);
      }
    }
  }
}

function keyOf({ name, text }: AlarmSetting): string {
  return `${name}\0${text}`;
}
