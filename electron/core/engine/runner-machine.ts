/**
 * The life of one bundled engine as a pure step: wanted (running or stopped) and actual are two things, and the
 * effects bring them together. The shell is engine-runner.ts.
 *
 *   stopped ──start──▶ starting ──answers──▶ running ──stop──▶ stopping ──exited──▶ stopped (or starting: restart)
 *                          └──exited──▶ failed ◀──exited──┘
 */
import type { EngineState } from '../../contract/model.ts';

export interface RunnerState extends EngineState {
  wanted: 'running' | 'stopped';
  /** The process was asked to end again after mercy. */
  forced: boolean;
}

export type RunnerEvent =
  | { type: 'start' }
  | { type: 'stop' }
  | { type: 'restart' }
  | { type: 'spawned'; pid: number | null }
  /** Its stats address gave a document with workers. */
  | { type: 'answered' }
  /** `text`: what the log said last. */
  | { type: 'exited'; text: string; code: number | null; signal: string | null }
  | { type: 'mercyOver' };

export type RunnerEffect =
  | { type: 'spawn' }
  | { type: 'interrupt' }
  | { type: 'kill' }
  | { type: 'armMercy' }
  | { type: 'disarmMercy' }
  | { type: 'say'; text: string };

export interface RunnerStep {
  state: RunnerState;
  effects: RunnerEffect[];
}

export function initialRunner(): RunnerState {
  return { status: 'stopped', pid: null, error: null, startedAtMs: null, wanted: 'stopped', forced: false };
}

/** The part that is shown. */
export function engineStateOf({ status, pid, error, startedAtMs }: RunnerState): EngineState {
  return { status, pid, error, startedAtMs };
}

export function stepRunner(state: RunnerState, event: RunnerEvent, now: number): RunnerStep {
  switch (event.type) {
    case 'start':
      return start(state, now);
    case 'stop':
      return stop({ ...state, wanted: 'stopped' });
    case 'restart': {
      const wanted: RunnerState = { ...state, wanted: 'running' };
      return isAlive(state) ? stop(wanted) : start(wanted, now);
    }
    case 'spawned':
      return { state: { ...state, pid: event.pid }, effects: [] };
    case 'answered':
      return { state: state.status === 'starting' ? { ...state, status: 'running' } : state, effects: [] };
    case 'exited':
      return exited(state, event, now);
    case 'mercyOver':
      if (state.status !== 'stopping') return { state, effects: [] };
      return {
        state: { ...state, forced: true },
        effects: [{ type: 'say', text: 'The engine did not stop in time and is killed.' }, { type: 'kill' }],
      };
  }
}

function isAlive(state: RunnerState): boolean {
  return state.status === 'starting' || state.status === 'running' || state.status === 'stopping';
}

function start(state: RunnerState, now: number): RunnerStep {
  if (isAlive(state)) return { state: { ...state, wanted: 'running' }, effects: [] };
  return {
    state: { status: 'starting', pid: null, error: null, startedAtMs: now, wanted: 'running', forced: false },
    effects: [{ type: 'spawn' }],
  };
}

function stop(state: RunnerState): RunnerStep {
  if (state.status === 'failed') return { state: { ...state, status: 'stopped', error: null }, effects: [] };
  if (state.status === 'stopped' || state.status === 'stopping') return { state, effects: [] };
  return { state: { ...state, status: 'stopping' }, effects: [{ type: 'interrupt' }, { type: 'armMercy' }] };
}

function exited(state: RunnerState, event: Extract<RunnerEvent, { type: 'exited' }>, now: number): RunnerStep {
  const wasAsked = state.status === 'stopping';
  const gone: RunnerState = { ...state, status: 'stopped', pid: null, startedAtMs: null, error: null };
  const effects: RunnerEffect[] = [{ type: 'disarmMercy' }];
  if (wasAsked && state.wanted === 'running') {
    const again = start(gone, now);
    return { state: again.state, effects: [...effects, ...again.effects] };
  }
  if (wasAsked) return { state: gone, effects: [...effects, { type: 'say', text: 'The engine has stopped.' }] };
  const how = event.signal === null ? `exit code ${event.code ?? 'unknown'}` : `signal ${event.signal}`;
  const error = event.text === '' ? `The engine ended (${how}) without saying why.` : event.text;
  if (event.code === 0 && state.status === 'running') {
    return {
      state: { ...gone, wanted: 'stopped' },
      effects: [...effects, { type: 'say', text: 'The engine ended by itself.' }],
    };
  }
  return {
    state: { ...gone, status: 'failed', wanted: 'stopped', error },
    effects: [...effects, { type: 'say', text: `The engine ended (${how}).` }],
  };
}
