/**
 * Which core gets the next request. An idle core is used before any frame is queued behind another; of the idle
 * ones that of the worker with fewest busy cores, then the one used last: its memory is warm, and the others stay
 * idle for good when the load is small. When all are busy, frames wait at the workers as long as that saves time.
 */
import type { CoreClaims } from './core-claims.ts';
import { MAX_OUTSTANDING } from './frames.ts';
import type { GatewayRequest, WorkerWire } from './request.ts';

/** The connection of a core, as the dispatcher needs it. */
export interface CoreWire extends WorkerWire {
  /** Ends the connection: the worker sent what it must not. */
  destroy(): void;
  /** The core may have less to do than before: what waits to be sent may leave. */
  goOn?(): void;
}

export interface Core {
  readonly worker: DispatchWorker;
  readonly index: number;
  readonly slot: number;
  wire: CoreWire | null;
  /** Sent and not answered, in order; the first one runs. */
  outstanding: GatewayRequest[];
  /** Monotonic milliseconds at which the first one began. */
  headBeganMs: number;
}

export interface DispatchWorker {
  readonly spawnId: number;
  readonly wid: number;
  readonly pid: number;
  readonly generation: number;
  readonly cores: Core[];
  /** All connections are there. */
  connected: boolean;
  /** Gets nothing more. `announced`: the master asked, and hears `retired`. */
  retiring: 'no' | 'yes' | 'announced';
  /** Is at something else than requests: others are to serve meanwhile. */
  isOccupied: boolean;
  /** It has asked to be replaced. */
  isWorn: boolean;
  /** It has lost a connection while it served. */
  isCrippled: boolean;
  /** Each core takes one request, nothing waits behind it: all cores are on one connection, or it is PHP's. */
  isShared: boolean;
  busyCores: number;
  lastUsed: number;
  /** Requests answered, by the number of the application; those that no application answered count for the first. */
  appRequests: number[];
  /** Asks for a queued request back. Null when the control connection is gone. */
  takeBack: ((requestId: number, core: number) => void) | null;
  /** Says that nobody waits for the answer of the request that runs there. */
  cancel: ((requestId: number, core: number) => void) | null;
  /** Says whether the file that it offered is taken. */
  fileOffered: ((requestId: number, core: number, isTaken: boolean) => void) | null;
}

/** A worker that is about to connect; `slots[core]` is its place on the scoreboard. */
export function newWorker(
  facts: Pick<DispatchWorker, 'spawnId' | 'wid' | 'pid' | 'generation'>,
  slots: readonly number[],
): DispatchWorker {
  const cores: Core[] = [];
  const worker: DispatchWorker = {
    ...facts,
    cores,
    connected: false,
    retiring: 'no',
    isOccupied: false,
    isWorn: false,
    isCrippled: false,
    isShared: false,
    busyCores: 0,
    lastUsed: 0,
    appRequests: [],
    takeBack: null,
    cancel: null,
    fileOffered: null,
  };
  for (const [index, slot] of slots.entries()) {
    cores.push({ worker, index, slot, wire: null, outstanding: [], headBeganMs: 0 });
  }
  return worker;
}

/**
 * Work that may wait at a busy core: enough to bridge the way to the gateway and back. More would keep requests from a
 * core that becomes idle sooner, and would have to be asked back when the machine is busy with something else.
 */
const QUEUED_WORK_MICROS = 2000;
/** A request that runs longer than this is slow: those behind it are better off elsewhere. */
export const SLOW_MS = 10;
/** One outlier must not end the queueing for long. */
const AVERAGE_CAP_MICROS = 100_000;
const AVERAGE_WEIGHT = 1 / 16;

/** How fast the application answers, and so how many frames a core may hold. */
export class Pace {
  #averageMicros = AVERAGE_CAP_MICROS;

  note(micros: number): void {
    this.#averageMicros += (Math.min(micros, AVERAGE_CAP_MICROS) - this.#averageMicros) * AVERAGE_WEIGHT;
  }

  get depth(): number {
    return Math.min(MAX_OUTSTANDING, 1 + Math.floor(QUEUED_WORK_MICROS / this.#averageMicros));
  }
}

export function chooseIdle(serving: readonly DispatchWorker[], claims: CoreClaims): Core | null {
  let best: Core | null = null;
  let bestLoad = 0;
  for (const worker of serving) {
    const load = claims.busyCoresOf(worker);
    if (best !== null && (load !== bestLoad ? load > bestLoad : worker.lastUsed <= best.worker.lastUsed)) continue;
    const idle = worker.cores.find(
      (core) => core.outstanding.length === 0 && core.wire !== null && claims.isFree(core.slot),
    );
    if (idle === undefined) continue;
    best = idle;
    bestLoad = load;
  }
  return best;
}

/** The core with the fewest frames, if it may hold another one and its present request is not slow. */
export function chooseBusy(serving: readonly DispatchWorker[], depth: number, nowMs: number): Core | null {
  let least = depth;
  let best: Core | null = null;
  for (const worker of serving) {
    if (worker.isShared) continue;
    for (const core of worker.cores) {
      const { length } = core.outstanding;
      // A core of which nothing is known here is another gateway's.
      if (core.wire === null || length === 0 || length >= least || isSlow(core, nowMs)) continue;
      if (core.outstanding[0]?.isUpgrade === true) continue;
      least = length;
      best = core;
    }
  }
  return best;
}

export function isSlow(core: Core, nowMs: number): boolean {
  return nowMs - core.headBeganMs > SLOW_MS;
}
