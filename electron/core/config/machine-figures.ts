/** What live figures weigh a machine by: its processors, its free memory, the kernel's limit of waiting connections. */
import { freemem } from 'node:os';
import type { Machine } from '../machine/machine.ts';
import type { Clock } from '../ports.ts';
import type { LiveFacts } from './live-rule.ts';

type Figures = LiveFacts['machine'];

/** Pages ask every few seconds; behind a link that would be a question each time. */
const KEPT_MS = 30_000;

export class MachineFigures {
  readonly #clock: Clock;
  readonly #known = new Map<string, { atMs: number; figures: Promise<Figures> }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Never rejects; null: they can't be seen. */
  async of(machine: Machine): Promise<Figures> {
    const atMs = this.#clock.monotonicMs();
    const known = this.#known.get(machine.id);
    if (known !== undefined && atMs - known.atMs < KEPT_MS) return known.figures;
    const figures = look(machine).catch(() => null);
    this.#known.set(machine.id, { atMs, figures });
    return figures;
  }
}

async function look(machine: Machine): Promise<Figures> {
  const options = { cwd: '/', env: {}, binaryPath: 'uwsgi', version: '2.0' };
  const [{ cpus, somaxconn }, freeBytes] = await Promise.all([
    machine.withConfigHost(options, (host) => ({ cpus: host.cpus, somaxconn: host.facts?.maxBacklog ?? null })),
    machine.isLocal ? freemem() : freeBytesOf(machine),
  ]);
  if (freeBytes === null) return null;
  return { cpus, freeBytes, somaxconn };
}

async function freeBytesOf({ files }: Machine): Promise<number | null> {
  const text = (await files.readFile('/proc/meminfo', 64 * 1024)).toString('latin1');
  const [, kilobytes] = /^MemAvailable:\s+(\d+) kB$/m.exec(text) ?? [];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}
