/** A dispatcher under test with a clock of its own, and workers whose cores note what they are sent. */
import { createScoreboard } from '../../scoreboard.ts';
import type { Core, DispatchWorker } from '../core-choice.ts';
import { CoreClaims } from '../core-claims.ts';
import { Dispatcher } from '../dispatcher.ts';
import { FrameType, REQUEST_PREFIX_BYTES, sealRequestFrame } from '../frames.ts';
import { GatewayRequest } from '../request.ts';
import { SlotWriter } from '../slot-writer.ts';
import { plainFacts } from './request-facts.ts';

export interface RigWorker {
  worker: DispatchWorker;
  /** The first of `cores`. */
  core: Core;
  cores: Core[];
  /** By core, what it was sent, by URI. */
  sent: string[][];
  /** Ids of requests that are asked back. */
  asked: number[];
  /** `<id of the request>.<core>` */
  cancelled: string[];
}

export class DispatcherRig {
  nowMs = 0;
  readonly events: string[] = [];
  readonly board = createScoreboard();
  readonly dispatcher: Dispatcher;
  readonly #gateways: number;
  #serial = 1;

  /** The first one of so many gateways; workers of generation 1 are in use. */
  constructor(gateways = 1) {
    const { events } = this;
    this.#gateways = gateways;
    this.dispatcher = new Dispatcher(
      new SlotWriter(this.board, 0, gateways),
      this.claims(0),
      {
        retired: (spawnId) => events.push(`retired ${spawnId}`),
        workerRetiring: (spawnId) => events.push(`retiring ${spawnId}`),
        workerWorn: (spawnId) => events.push(`worn ${spawnId}`),
        demand: (count) => events.push(`demand ${count}`),
        coreLost: (spawnId, core, lost) => events.push(`lost ${spawnId}.${core} ${lost}`),
        finished: () => undefined,
      },
      () => this.nowMs,
    );
    this.dispatcher.useGeneration(1);
  }

  dispose(): void {
    this.dispatcher.dispose();
  }

  /** What a gateway of this number holds of the cores. */
  claims(gateway: number): CoreClaims {
    return new CoreClaims(this.board, gateway, this.#gateways, () => 1_700_000_000_000 + this.nowMs);
  }

  addWorker(spawnId: number, threads = 1, generation = 1): RigWorker {
    const sent: string[][] = [];
    const asked: number[] = [];
    const cancelled: string[] = [];
    const cores: Core[] = [];
    const worker: DispatchWorker = {
      spawnId,
      wid: spawnId,
      pid: spawnId,
      generation,
      cores,
      connected: true,
      retiring: 'no',
      isOccupied: false,
      isWorn: false,
      isCrippled: false,
      isShared: false,
      fileOffered: null,
      busyCores: 0,
      lastUsed: 0,
      appRequests: [],
      cancel: (requestId, core) => cancelled.push(`${requestId}.${core}`),
      takeBack: (requestId) => asked.push(requestId),
    };
    for (let index = 0; index < threads; index++) {
      const list: string[] = [];
      sent.push(list);
      const wire = {
        send: (frame: Buffer) => list.push(frame.toString('latin1', REQUEST_PREFIX_BYTES)),
        pause: () => undefined,
        resume: () => undefined,
        destroy: () => undefined,
      };
      cores.push({ worker, index, slot: spawnId * 8 + index, wire, outstanding: [], headBeganMs: 0 });
    }
    this.dispatcher.workers.set(spawnId, worker);
    this.dispatcher.pump();
    return { worker, core: coreOf(cores, 0), cores, sent, asked, cancelled };
  }

  /** @param fates gets `<uri> <what became of it>` */
  submit(uri: string, fates: string[] = [], limit = 100): { request: GatewayRequest; accepted: boolean } {
    const frame = Buffer.alloc(REQUEST_PREFIX_BYTES + uri.length);
    frame.write(uri, REQUEST_PREFIX_BYTES);
    sealRequestFrame(frame, uri.length, 0);
    const note = (fate: string | number) => {
      fates.push(`${uri} ${fate}`);
      return { headBytes: 0, bodyBytes: 0, headerCount: 0 };
    };
    const facts = plainFacts(uri);
    const target = {
      respond: () => note('answered'),
      begin: () => note('begun'),
      upgrade: () => note('upgraded'),
      data: () => note('data'),
      whenRoom: () => true,
      end: () => note('ended'),
      abort: (isReplaced = false) => note(isReplaced ? 'cut by a replacement' : 'cut'),
      fail: note,
    };
    const request = new GatewayRequest(frame, facts, this.#serial++, target, () => undefined);
    return { request, accepted: this.dispatcher.submit(request, limit) };
  }

  /** The worker's whole answer to the request that runs on the core. */
  answer(core: Core, { micros = 100, flags = 0 } = {}): void {
    const payload = Buffer.alloc(28);
    payload.writeUInt32LE(micros, 0);
    payload.writeUInt16LE(200, 4);
    payload.writeDoubleLE(-1, 12);
    payload.writeUInt32LE(4, 20);
    payload.write('OK\r\n', 24);
    this.dispatcher.frameReceived(
      core,
      FrameType.RESPONSE,
      flags,
      core.outstanding[0]?.id ?? 0,
      payload,
      0,
      payload.length,
    );
  }

  /** Lets the dispatcher believe that the application is fast. */
  warmUp(core: Core): void {
    for (let i = 0; i < 120; i++) {
      this.submit('/warm');
      this.answer(core);
    }
  }
}

/** Of requests at a core, the one that runs first. */
export const uris = (core: Core): string[] => core.outstanding.map((request) => request.facts.uri);

export function coreOf(cores: readonly Core[], index: number): Core {
  const core = cores[index];
  if (core === undefined) throw new Error(`there is no core ${index}`);
  return core;
}
