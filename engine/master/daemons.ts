/**
 * The daemons beside the server (`attach-daemon` and its kin) as a pure state machine: which of them should run now,
 * how long one that keeps dying is left alone, and how they end. daemon-processes.ts does what this says.
 *
 * A daemon with a pidfile belongs to nobody: it is started when the process in the file is not there, and left alone
 * at a reload and at the end. All others live and end with the server and start anew at a reload.
 */
import type { DaemonSetting } from '../config/system-settings.ts';

/** A daemon that lived no longer than this is started again after a pause that grows, as in uWSGI. */
const SHORT_LIFE_MS = 3000;
const MAX_THROTTLE_SECONDS = 300;
const SIGKILL = 9;
/** What a daemon gets that is to start anew. */
const RESTART_MERCY_MS = 60_000;
/** What one gets that came up while the server was ending. */
const LATE_MERCY_MS = 2000;

/**
 *   absent    not running; to be started at `nextMs`
 *   running   started by us (pid), or found by its pidfile
 *   stopping  told to end; killed at `deadlineMs`
 *   over      ended for good
 */
export interface Daemon {
  setting: DaemonSetting;
  status: 'absent' | 'running' | 'stopping' | 'over';
  pid: number;
  startedMs: number;
  starts: number;
  throttleSeconds: number;
  /** When it is started, or its pidfile looked at, next. */
  nextMs: number;
  deadlineMs: number;
}

export interface DaemonsState {
  daemons: Daemon[];
  isStopping: boolean;
}

export type DaemonEvent =
  | { type: 'started'; index: number; pid: number }
  | { type: 'not-started'; index: number; message: string }
  | { type: 'exited'; index: number; pid: number }
  /** The pidfile names a living process, or none. */
  | { type: 'pidfile-read'; index: number; pid: number | null }
  | { type: 'touched'; index: number; path: string }
  | { type: 'reload' }
  | { type: 'stop'; mercyMs: number }
  | { type: 'tick' };

export type DaemonEffect =
  | { type: 'start'; index: number }
  | { type: 'signal'; index: number; pid: number; signal: number }
  | { type: 'read-pidfile'; index: number }
  | { type: 'log'; text: string }
  /** A control daemon has ended. */
  | { type: 'stop-server' };

export interface DaemonStep {
  state: DaemonsState;
  effects: DaemonEffect[];
}

interface Draft {
  state: DaemonsState;
  effects: DaemonEffect[];
  nowMs: number;
}

/** All are to be started at once. */
export function initialDaemons(settings: readonly DaemonSetting[], nowMs: number): DaemonsState {
  return {
    isStopping: false,
    daemons: settings.map((setting) => ({
      setting,
      status: 'absent',
      pid: 0,
      startedMs: 0,
      starts: 0,
      throttleSeconds: 0,
      nextMs: nowMs,
      deadlineMs: 0,
    })),
  };
}

export function stepDaemons(before: DaemonsState, event: DaemonEvent, nowMs: number): DaemonStep {
  const state = { ...before, daemons: before.daemons.map((daemon) => ({ ...daemon })) };
  const draft: Draft = { state, effects: [], nowMs };
  handle(draft, event);
  return { state, effects: draft.effects };
}

/** When the next `tick` is wanted; null: nothing waits for a time. */
export function nextDaemonMs({ daemons }: DaemonsState): number | null {
  let next = Number.POSITIVE_INFINITY;
  for (const { status, setting, nextMs, deadlineMs } of daemons) {
    if (status === 'absent' || (status === 'running' && setting.pidfile !== null)) next = Math.min(next, nextMs);
    if (status === 'stopping') next = Math.min(next, deadlineMs);
  }
  return next === Number.POSITIVE_INFINITY ? null : next;
}

/** After `stop`: nothing is left to wait for. */
export function areDaemonsOver({ daemons }: DaemonsState): boolean {
  return daemons.every(({ status }) => status === 'over');
}

function handle(draft: Draft, event: DaemonEvent): void {
  const { daemons } = draft.state;
  switch (event.type) {
    case 'tick':
      return daemons.forEach((daemon, index) => tick(draft, daemon, index));
    case 'reload':
      return daemons.forEach((daemon, index) => {
        const { setting, status } = daemon;
        // It has a pidfile: it outlives reloads.
        if (setting.pidfile !== null || status !== 'running') return;
        end(draft, daemon, index, setting.reloadSignal ?? setting.stopSignal, RESTART_MERCY_MS);
      });
    case 'stop':
      return stop(draft, event.mercyMs);
    case 'started':
    case 'not-started':
    case 'exited':
    case 'pidfile-read':
    case 'touched': {
      const daemon = daemons[event.index];
      if (daemon !== undefined) handleOne(draft, daemon, event);
    }
  }
}

function handleOne(
  draft: Draft,
  daemon: Daemon,
  event: Exclude<DaemonEvent, { type: 'tick' | 'reload' | 'stop' }>,
): void {
  switch (event.type) {
    case 'started':
      return started(draft, daemon, event.index, event.pid);
    case 'not-started':
      say(draft, `[uwsgi-daemons] "${daemon.setting.command}" could not be started: ${event.message}`);
      return ended(draft, daemon);
    case 'exited':
      // The command of a daemon that goes into the background by itself ends at once; its pidfile tells of the daemon.
      if (event.pid === daemon.pid && daemon.status !== 'over') return ended(draft, daemon);
      return;
    case 'pidfile-read':
      return pidfileRead(draft, daemon, event.index, event.pid);
    case 'touched': {
      if (daemon.status !== 'running') return;
      const { command, stopSignal } = daemon.setting;
      say(draft, `*** ${event.path} has been touched... reloading daemon "${command}" (pid: ${daemon.pid}) !!! ***`);
      return end(draft, daemon, event.index, stopSignal, RESTART_MERCY_MS);
    }
  }
}

function tick(draft: Draft, daemon: Daemon, index: number): void {
  const { status, setting } = daemon;
  if (status === 'stopping' && draft.nowMs >= daemon.deadlineMs) {
    say(draft, `[uwsgi-daemons] killing daemon (pid: ${daemon.pid}): ${setting.command}`);
    draft.effects.push({ type: 'signal', index, pid: daemon.pid, signal: SIGKILL });
    daemon.deadlineMs = Number.POSITIVE_INFINITY;
  } else if (
    (status === 'absent' || (status === 'running' && setting.pidfile !== null)) &&
    draft.nowMs >= daemon.nextMs
  ) {
    daemon.nextMs = draft.nowMs + setting.checkSeconds * 1000;
    if (setting.pidfile !== null) draft.effects.push({ type: 'read-pidfile', index });
    else start(draft, daemon, index);
  }
}

function start(draft: Draft, daemon: Daemon, index: number): void {
  say(draft, `[uwsgi-daemons] ${daemon.starts === 0 ? 'spawning' : 'respawning'} "${daemon.setting.command}"`);
  daemon.starts += 1;
  daemon.startedMs = draft.nowMs;
  // Until its process is there or has failed to come.
  daemon.nextMs = Number.POSITIVE_INFINITY;
  draft.effects.push({ type: 'start', index });
}

function started(draft: Draft, daemon: Daemon, index: number, pid: number): void {
  if (daemon.status !== 'absent') return;
  daemon.pid = pid;
  daemon.startedMs = draft.nowMs;
  const isInBackground = daemon.setting.pidfile !== null;
  if (isInBackground) {
    daemon.nextMs = draft.nowMs + daemon.setting.checkSeconds * 1000;
    return;
  }
  daemon.status = 'running';
  if (draft.state.isStopping) end(draft, daemon, index, daemon.setting.stopSignal, LATE_MERCY_MS);
}

/** Its process is gone, or never came. */
function ended(draft: Draft, daemon: Daemon): void {
  const { setting, status } = daemon;
  daemon.pid = 0;
  if (setting.pidfile !== null) return;
  if (draft.state.isStopping) {
    daemon.status = 'over';
    return;
  }
  daemon.status = 'absent';
  if (setting.isControl && status === 'running') {
    say(draft, `[uwsgi-daemons] control daemon "${setting.command}" has ended: stopping the server`);
    daemon.status = 'over';
    draft.effects.push({ type: 'stop-server' });
    return;
  }
  const isShort = status !== 'stopping' && draft.nowMs - daemon.startedMs <= SHORT_LIFE_MS;
  const most = setting.maxThrottleSeconds === 0 ? MAX_THROTTLE_SECONDS : setting.maxThrottleSeconds;
  daemon.throttleSeconds = isShort ? Math.min(daemon.throttleSeconds + 1, most) : 0;
  if (isShort) say(draft, `[uwsgi-daemons] throttling "${setting.command}" for ${daemon.throttleSeconds} seconds`);
  daemon.nextMs = draft.nowMs + daemon.throttleSeconds * 1000;
}

function pidfileRead(draft: Draft, daemon: Daemon, index: number, pid: number | null): void {
  if (daemon.status !== 'absent' && daemon.status !== 'running') return;
  const wasRunning = daemon.status === 'running';
  if (pid !== null) {
    if (!wasRunning) say(draft, `[uwsgi-daemons] found pid ${pid} of "${daemon.setting.command}"`);
    daemon.status = 'running';
    daemon.pid = pid;
    daemon.nextMs = draft.nowMs + daemon.setting.checkSeconds * 1000;
    return;
  }
  if (draft.state.isStopping) return;
  daemon.status = 'absent';
  if (wasRunning && daemon.setting.isControl) {
    daemon.status = 'over';
    draft.effects.push({ type: 'stop-server' });
    return;
  }
  start(draft, daemon, index);
}

function stop(draft: Draft, mercyMs: number): void {
  draft.state.isStopping = true;
  for (const [index, daemon] of draft.state.daemons.entries()) {
    const { setting, status } = daemon;
    if (setting.pidfile !== null || (status === 'absent' && daemon.nextMs !== Number.POSITIVE_INFINITY)) {
      daemon.status = 'over';
    } else if (status === 'running') {
      end(draft, daemon, index, setting.stopSignal, mercyMs);
    } else if (status === 'stopping') {
      daemon.deadlineMs = Math.min(daemon.deadlineMs, draft.nowMs + mercyMs);
    }
  }
}

/** Asks it to end; it is killed when mercy ends. */
function end(draft: Draft, daemon: Daemon, index: number, signal: number, mercyMs: number): void {
  say(draft, `[uwsgi-daemons] stopping daemon (pid: ${daemon.pid}): ${daemon.setting.command}`);
  daemon.status = 'stopping';
  daemon.deadlineMs = draft.nowMs + mercyMs;
  draft.effects.push({ type: 'signal', index, pid: daemon.pid, signal });
}

function say(draft: Draft, text: string): void {
  draft.effects.push({ type: 'log', text });
}
