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

/** Decides on the loop when all lines are known. */
export function finishLoop(
  settings: EngineSettings,
  draft: LoopDraft,
  originOf: (option: string) => Origin | null,
  errors: ConfigError[],
): void {
  const { cores, engine, lifespan, patch, waitsForHub, suspendEngine } = draft;
  const isAsgi = settings.app.language === 'python' && settings.app.interface === 'asgi';
  const refuse = (option: string, message: string, hint: string): void => {
    errors.push({ code: 'bad-value', message, origin: originOf(option) ?? { file: '', line: 0 }, option, hint });
  };
  const option = engine?.option ?? 'async';
  if (settings.app.language === 'javascript' && engine === null && patch === 'none' && !waitsForHub) {
    const threads = originOf('threads') === null ? LOOP_CORES : settings.threads;
    settings.threads = cores ?? threads;
    settings.loop = { type: 'node', harakiriSeconds: settings.harakiri.seconds };
    return;
  }
  if ((cores ?? 1) === 1 && engine === null && !isAsgi) return refuseAlone();
  if (settings.app.language !== 'python') {
    const message = `'${option}' is for Python applications: here 'processes' and 'threads' say how many requests run at a time.`;
    return refuse(option, message, `Remove '${option}'.`);
  }
  if (settings.sockets.workerAccept) {
    const name = isAsgi ? 'asgi' : option;
    return refuse(name, `'${name}' does not go with 'worker-accept'.`, "Remove 'worker-accept'.");
  }
  if (settings.threads > 1) {
    const engineOption = isAsgi ? 'asgi' : option;
    const hint = `Remove 'threads'; '${isAsgi ? 'async' : (engine?.name ?? 'async')} = N' says how many requests run at a time.`;
    return refuse(
      'threads',
      `'threads' does not go with '${engineOption}', which runs all requests of a worker in one thread.`,
      hint,
    );
  }
  if (isAsgi) {
    if (engine?.name === 'gevent') {
      return refuse(
        option,
        `'${option}' is for WSGI applications; 'asgi' has an event loop of its own.`,
        `Remove '${option}'.`,
      );
    }
    settings.threads = cores ?? LOOP_CORES;
    settings.loop = { type: 'asyncio', isUvloop: engine?.name === 'uvloop', lifespan };
    return;
  }
  if (engine?.name === 'uvloop') {
    const message = "'loop = uvloop' runs ASGI applications only.";
    return refuse(option, message, "Name an ASGI application with 'asgi', or remove the line.");
  }
  settings.threads = cores ?? 1;
  if (engine?.name === 'gevent') settings.loop = { type: 'gevent', patch, waitsForHub };
  else if (!refuseForGevent()) settings.loop = { type: 'greenlet', isAsyncio: engine !== null };

  function refuseAlone(): void {
    if (refuseForGevent() || suspendEngine === null) return;
    const message = `'${suspendEngine}' does nothing without 'async'; uWSGI does not start then.`;
    refuse(suspendEngine, message, `Add 'async = N', or remove '${suspendEngine}'.`);
  }

  function refuseForGevent(): boolean {
    const lone = ['gevent-monkey-patch', 'gevent-early-monkey-patch', 'gevent-wait-for-hub'].find(
      (name) => originOf(name) !== null && (patch !== 'none' || waitsForHub),
    );
    if (lone !== undefined) refuse(lone, `'${lone}' does nothing without 'gevent'.`, "Add 'gevent = N', or remove it.");
    return lone !== undefined;
  }
}
