/**
 * Metrics as the application sees them: 64-bit integers by name. Those that the configuration declares it can change; those
 * that the master measures it can only read. Which there are and what they mean is the master's business.
 */

export const METRIC_CHANGES = ['set', 'inc', 'dec', 'mul', 'div', 'max', 'min'] as const;
export type MetricChange = (typeof METRIC_CHANGES)[number];

export class Metrics {
  readonly #own = new Map<string, bigint>();
  #measured = new Map<string, bigint>();

  /** There shall be exactly these that can be changed; those that are there keep their value. */
  declare(metrics: readonly (readonly [name: string, initial: number])[]): void {
    const wanted = new Map(metrics);
    for (const name of this.#own.keys()) if (!wanted.has(name)) this.#own.delete(name);
    for (const [name, initial] of wanted) if (!this.#own.has(name)) this.#own.set(name, BigInt(initial));
  }

  /** What the master has measured last. */
  measure(values: readonly (readonly [name: string, value: number])[]): void {
    this.#measured = new Map(values.map(([name, value]) => [name, BigInt(Math.trunc(value))]));
  }

  /** Null: there is none. */
  get(name: string): bigint | null {
    return this.#own.get(name) ?? this.#measured.get(name) ?? null;
  }

  /** False: there is none that can be changed. Division by zero changes nothing. */
  change(name: string, change: MetricChange, amount: bigint): boolean {
    const before = this.#own.get(name);
    if (before === undefined) return false;
    this.#own.set(name, BigInt.asIntN(64, changed(before, change, amount)));
    return true;
  }

  /** Begins anew, without losing what it has grown by since it had the value that was sent. */
  renew(name: string, { sent, initial }: { sent: number; initial: number }): void {
    const before = this.#own.get(name);
    if (before === undefined) return;
    const grownBy = before - BigInt(sent);
    this.#own.set(name, BigInt(initial) + (grownBy > 0n ? grownBy : 0n));
  }

  /** Those that can be changed. */
  report(): [name: string, value: number][] {
    return [...this.#own].map(([name, value]) => [name, Number(value)]);
  }
}

function changed(before: bigint, change: MetricChange, amount: bigint): bigint {
  switch (change) {
    case 'set':
      return amount;
    case 'inc':
      return before + amount;
    case 'dec':
      return before - amount;
    case 'mul':
      return before * amount;
    case 'div':
      return amount === 0n ? before : before / amount;
    case 'max':
      return amount > before ? amount : before;
    case 'min':
      return amount < before ? amount : before;
  }
}
