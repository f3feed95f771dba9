/**
 * What several gateways must say before it is true: a worker is connected when all of them have all its connections,
 * it has retired when none of them waits for it, its core is gone when none of them has it. Pure.
 */
import type { GatewayToMaster } from '../gateway/messages.ts';

/** A worker that dies half-way leaves what some gateways have said about it behind: the oldest is dropped. */
const MAX_OPEN = 10_000;

export class Agreement {
  parties = 1;
  /** Who has said it, by what was said. */
  readonly #open = new Map<string, Set<number>>();

  /** What is true now that this gateway has said this; null: others have not said it yet. */
  said(gatewayId: number, message: GatewayToMaster): GatewayToMaster | null {
    const key = keyOf(message);
    if (this.parties === 1 || key === null) return message;
    const saidBy = this.#open.get(key) ?? new Set();
    saidBy.add(gatewayId);
    if (saidBy.size < this.parties) {
      this.#open.set(key, saidBy);
      for (const oldest of this.#open.keys()) {
        if (this.#open.size <= MAX_OPEN) break;
        this.#open.delete(oldest);
      }
      return null;
    }
    this.#open.delete(key);
    return message;
  }

  /** A gateway has died: all workers are replaced, nobody speaks of the old ones any more. */
  forget(): void {
    this.#open.clear();
  }
}

/** Null: it is true when one gateway says it. */
function keyOf(message: GatewayToMaster): string | null {
  if (message.type === 'drained') return message.type;
  if (message.type === 'core-lost') return `${message.type} ${message.spawnId}.${message.core}`;
  if (message.type === 'worker-connected' || message.type === 'retired') return `${message.type} ${message.spawnId}`;
  return null;
}
