/**
 * How a worker runs several requests at a time: threads, an event loop of asyncio for ASGI applications, greenlets (of
 * gevent, or in a loop of asyncio), or the event loop that JavaScript has anyway. How many is `threads` of EngineSettings.
 * Read by engine/master and resources/runtimes. Pure.
 */
import type { ConfigError } from './errors.ts';
import type { EngineSettings, Origin } from './settings.ts';

export const LIFESPAN = ['auto', 'on', 'off'] as const;
export type Lifespan = (typeof LIFESPAN)[number];

export type LoopSettings =
  | { type: 'threads' }
  | {
      type: 'asyncio';
      /** `loop = uvloop`: its event loop in place of Python's. */
      isUvloop: boolean;
      /** `asgi-lifespan`: `auto` does without where the application knows nothing of it. */
      lifespan: Lifespan;
    }
  | {
      type: 'gevent';
      /** When the standard library is patched: `early` before the modules of `import`. */
      patch: 'none' | 'app' | 'early';
      /** `gevent-wait-for-hub`: greenlets of the application's own may finish when the worker ends. */
      waitsForHub: boolean;
    }
  | {
      /** WSGI applications that give way by themselves: `async = N`, `asyncio = N`. */
      type: 'greenlet';
      /** The loop of asyncio that runs the requests is the application's, too. */
      isAsyncio: boolean;
    }
  | {
      type: 'node';
      /** `harakiri`; 0: none. A worker that is stuck says where. */
      harakiriSeconds: number;
    };

/** The options as they are read. */
export interface LoopDraft {
  /** `async`, and the number of `asyncio` and `gevent`, which is the same; the last one counts. null: not given. */
  cores: number | null;
  /** What runs the requests, and the option that says so. */
  engine: { name: 'asyncio' | 'uvloop' | 'gevent'; option: string } | null;
  lifespan: Lifespan;
  patch: 'none' | 'app' | 'early';
  waitsForHub: boolean;
  /** What uWSGI needs for requests that give way, `greenlet` or `ugreen`; here greenlets are always there. */
  suspendEngine: 'greenlet' | 'ugreen' | null;
}

/** Requests at a time of a worker with an event loop when nothing says how many: they cost little. */
const LOOP_CORES = 100;

export function loopDraft(): LoopDraft {
  return { cores: null, engine: null, lifespan: 'auto', patch: 'none', waitsForHub: false, suspendEngine: null };
}

interface Refusal {
  option: string;
  message: string;
  hint: string;
}

type OriginOf = (option: string) => Origin | null;

/** Decides on the loop when all lines are known. */
export function finishLoop(
  settings: EngineSettings,
  draft: LoopDraft,
  originOf: OriginOf,
  errors: ConfigError[],
): void {
  const { cores, engine, patch, waitsForHub } = draft;
  if (settings.app.language === 'javascript' && engine === null && patch === 'none' && !waitsForHub) {
    const threads = originOf('threads') === null ? LOOP_CORES : settings.threads;
    settings.threads = cores ?? threads;
    settings.loop = { type: 'node', harakiriSeconds: settings.harakiri.seconds };
    return;
  }
  const hasLoop = (cores ?? 1) > 1 || engine !== null || isAsgi(settings);
  const refusal = hasLoop ? refuseLoop(settings, draft, originOf) : refuseWithoutLoop(draft, originOf);
  if (refusal !== null) {
    const origin = originOf(refusal.option) ?? { file: '', line: 0 };
    errors.push({ code: 'bad-value', ...refusal, origin });
  } else if (hasLoop) {
    settings.threads = cores ?? (isAsgi(settings) ? LOOP_CORES : 1);
    settings.loop = loopOf(settings, draft);
  }
}

function isAsgi({ app }: EngineSettings): boolean {
  return app.language === 'python' && app.interface === 'asgi';
}

function loopOf(settings: EngineSettings, { engine, lifespan, patch, waitsForHub }: LoopDraft): LoopSettings {
  if (isAsgi(settings)) return { type: 'asyncio', isUvloop: engine?.name === 'uvloop', lifespan };
  if (engine?.name === 'gevent') return { type: 'gevent', patch, waitsForHub };
  return { type: 'greenlet', isAsyncio: engine !== null };
}

/** Why the requests can not run in a loop, or not in this one; null: they can. */
function refuseLoop(settings: EngineSettings, draft: LoopDraft, originOf: OriginOf): Refusal | null {
  const { engine } = draft;
  const option = engine?.option ?? 'async';
  if (settings.app.language !== 'python') {
    const message = `'${option}' is for Python applications: here 'processes' and 'threads' say how many requests run at a time.`;
    return { option, message, hint: `Remove '${option}'.` };
  }
  const isForAsgi = isAsgi(settings);
  const named = isForAsgi ? 'asgi' : option;
  if (settings.sockets.workerAccept) {
    const message = `'${named}' does not go with 'worker-accept'.`;
    return { option: named, message, hint: "Remove 'worker-accept'." };
  }
  if (settings.threads > 1) {
    const message = `'threads' does not go with '${named}', which runs all requests of a worker in one thread.`;
    const counting = isForAsgi ? 'async' : (engine?.name ?? 'async');
    return {
      option: 'threads',
      message,
      hint: `Remove 'threads'; '${counting} = N' says how many requests run at a time.`,
    };
  }
  if (isForAsgi && engine?.name === 'gevent') {
    const message = `'${option}' is for WSGI applications; 'asgi' has an event loop of its own.`;
    return { option, message, hint: `Remove '${option}'.` };
  }
  if (!isForAsgi && engine?.name === 'uvloop') {
    const message = "'loop = uvloop' runs ASGI applications only.";
    return { option, message, hint: "Name an ASGI application with 'asgi', or remove the line." };
  }
  return isForAsgi || engine?.name === 'gevent' ? null : refuseWithoutGevent(draft, originOf);
}

/** What does nothing when each thread has one request; null: nothing of the kind. */
function refuseWithoutLoop(draft: LoopDraft, originOf: OriginOf): Refusal | null {
  const { suspendEngine: option } = draft;
  const refusal = refuseWithoutGevent(draft, originOf);
  if (refusal !== null || option === null) return refusal;
  const message = `'${option}' does nothing without 'async'; uWSGI does not start then.`;
  return { option, message, hint: `Add 'async = N', or remove '${option}'.` };
}

function refuseWithoutGevent({ patch, waitsForHub }: LoopDraft, originOf: OriginOf): Refusal | null {
  if (patch === 'none' && !waitsForHub) return null;
  const options = ['gevent-monkey-patch', 'gevent-early-monkey-patch', 'gevent-wait-for-hub'];
  const option = options.find((name) => originOf(name) !== null);
  if (option === undefined) return null;
  return { option, message: `'${option}' does nothing without 'gevent'.`, hint: "Add 'gevent = N', or remove it." };
}
