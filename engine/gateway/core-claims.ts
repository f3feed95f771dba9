/**
 * How several gateways share the workers' cores: a gateway sends requests to a core only while it has claimed it, in
 * one word of shared memory, so that no request waits behind another gateway's and each core has one writer of its
 * place on the scoreboard. With one gateway nothing is claimed and nothing costs.
 *
 * A gateway whose requests find no core says since when it waits, or since when it had its last one. The others give way to it: first to those that wait
 * long, the longest first, then to those that have fewer cores than they. A core that was given back wakes all that wait.
 *
 *   words   SLOT_COUNT int32: 0 free, -1 closed for good, otherwise the gateway's number + 1
 *           for each gateway 2 int32: since when it waits (0: it does not), how many cores it has
 *           1 int32: counts the cores that were given back while somebody waited
 */
import type { Scoreboard } from '../scoreboard.ts';
import { CLAIM_WAKE, ClaimField, claimIndex } from '../scoreboard.ts';

const FREE = 0;
const CLOSED = -1;
/** Who has waited this long goes first, whoever has fewer cores. */
const PATIENCE_MS = 10;
/** A gateway that waits looks again after this time, should nobody wake it. */
const LOOK_AGAIN_MS = 20;

export class CoreClaims {
  readonly gatewayId: number;
  readonly gatewayCount: number;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #nowMs: () => number;
  #isArmed = false;

  constructor(board: Scoreboard, gatewayId: number, gatewayCount: number, nowMs: () => number = Date.now) {
    this.gatewayId = gatewayId;
    this.gatewayCount = gatewayCount;
    this.#words = board.claims;
    this.#nowMs = nowMs;
  }

  /** Ids of requests are distinct among gateways and rise at each of them; 0 is none. */
  nextRequestId(last: number): number {
    const next = last === 0 ? this.gatewayId + 1 : last + this.gatewayCount;
    return next > 0xffffffff ? this.gatewayId + 1 : next;
  }

  /** Cores of a worker that serve a request, of whichever gateway. */
  busyCoresOf(worker: { busyCores: number; cores: readonly { slot: number }[] }): number {
    if (this.gatewayCount === 1) return worker.busyCores;
    let busy = 0;
    for (const { slot } of worker.cores) if (!this.isFree(slot)) busy++;
    return busy;
  }

  isFree(slot: number): boolean {
    return this.gatewayCount === 1 || Atomics.load(this.#words, slot) === FREE;
  }

  /** Claims a core; false: another gateway was faster. */
  take(slot: number): boolean {
    if (this.gatewayCount === 1) return true;
    if (Atomics.compareExchange(this.#words, slot, FREE, this.gatewayId + 1) !== FREE) return false;
    Atomics.add(this.#words, claimIndex(this.gatewayId, ClaimField.held), 1);
    // What still waits here is behind what waits elsewhere.
    if (this.#sinceOf(this.gatewayId) !== 0) this.#waitFromNow();
    return true;
  }

  giveBack(slot: number): void {
    if (this.gatewayCount === 1) return;
    this.#letGo(slot, FREE);
    for (let id = 0; id < this.gatewayCount; id++) {
      if (id === this.gatewayId || this.#sinceOf(id) === 0) continue;
      Atomics.add(this.#words, CLAIM_WAKE, 1);
      Atomics.notify(this.#words, CLAIM_WAKE);
      return;
    }
  }

  /** The worker takes nothing more on this core: no gateway claims it again. */
  close(slot: number): void {
    if (this.gatewayCount > 1) this.#letGo(slot, CLOSED);
  }

  /** Another gateway has the right to the next core. */
  mustYield(): boolean {
    if (this.gatewayCount === 1) return false;
    const nowMs = this.#nowMs();
    for (let id = 0; id < this.gatewayCount; id++) {
      if (id !== this.gatewayId && this.#goesFirst(id, nowMs)) return true;
    }
    return false;
  }

  /**
   * Says whether requests wait here. True: they did not before, so it is worth looking again for a core that was given
   * back meanwhile. `look` is called when a core may be free.
   */
  setWaiting(isWaiting: boolean, look: () => void): boolean {
    if (this.gatewayCount === 1) return false;
    const index = claimIndex(this.gatewayId, ClaimField.sinceMs);
    const wasWaiting = Atomics.load(this.#words, index) !== 0;
    if (!isWaiting) {
      if (wasWaiting) Atomics.store(this.#words, index, 0);
      return false;
    }
    if (!wasWaiting) this.#waitFromNow();
    this.#arm(look);
    return !wasWaiting;
  }

  #waitFromNow(): void {
    Atomics.store(this.#words, claimIndex(this.gatewayId, ClaimField.sinceMs), this.#nowMs() | 0 || 1);
  }

  #arm(look: () => void): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    const woken = (): void => {
      this.#isArmed = false;
      if (this.#sinceOf(this.gatewayId) !== 0) look();
    };
    const wait = Atomics.waitAsync(this.#words, CLAIM_WAKE, Atomics.load(this.#words, CLAIM_WAKE), LOOK_AGAIN_MS);
    if (wait.async) void wait.value.then(woken);
    else setImmediate(woken);
  }

  #letGo(slot: number, word: number): void {
    // The master may have cleared the slot of a worker that is long gone.
    Atomics.compareExchange(this.#words, slot, this.gatewayId + 1, word);
    Atomics.sub(this.#words, claimIndex(this.gatewayId, ClaimField.held), 1);
  }

  /** Does that gateway go before this one? An order: two gateways never give way to each other. */
  #goesFirst(id: number, nowMs: number): boolean {
    const since = this.#sinceOf(id);
    if (since === 0) return false;
    const own = this.#sinceOf(this.gatewayId);
    const waitsMs = ((nowMs | 0) - since) | 0;
    const ownMs = own === 0 ? 0 : ((nowMs | 0) - own) | 0;
    if (waitsMs > PATIENCE_MS || ownMs > PATIENCE_MS) {
      return waitsMs > PATIENCE_MS && (waitsMs !== ownMs ? waitsMs > ownMs : id < this.gatewayId);
    }
    return this.#heldBy(id) < this.#heldBy(this.gatewayId);
  }

  #sinceOf(id: number): number {
    return Atomics.load(this.#words, claimIndex(id, ClaimField.sinceMs));
  }

  #heldBy(id: number): number {
    return Atomics.load(this.#words, claimIndex(id, ClaimField.held));
  }
}
