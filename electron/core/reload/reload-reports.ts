/** The reports of reloads that are over: the newest of each instance are kept. */
import { z } from 'zod';
import { type ReloadRun, reloadRunSchema } from '../../contract/reload-model.ts';
import { toErrorData } from '../errors.ts';
import type { DocumentStore } from '../files/document-store.ts';

export const reportsFileSchema = z.object({ version: z.literal(1), runs: z.array(reloadRunSchema) });
export type ReportsFile = z.infer<typeof reportsFileSchema>;

const REPORTS_PER_INSTANCE = 20;

export class ReloadReports {
  readonly #store: DocumentStore<ReportsFile>;
  readonly #onTrouble: (text: string) => void;

  constructor(store: DocumentStore<ReportsFile>, onTrouble: (text: string) => void) {
    this.#store = store;
    this.#onTrouble = onTrouble;
  }

  get(id: string): ReloadRun | undefined {
    return this.#store.value.runs.find((run) => run.id === id);
  }

  /** Newest first. */
  list(instanceId: string): ReloadRun[] {
    return this.#store.value.runs.toReversed().filter((run) => run.instanceId === instanceId);
  }

  /** Adds it, or replaces the one of its id. */
  keep(run: ReloadRun): void {
    const { runs } = this.#store.value;
    const kept = this.get(run.id) === undefined ? [...runs, run] : runs.map((old) => (old.id === run.id ? run : old));
    const mine = kept.filter((other) => other.instanceId === run.instanceId);
    const dropped = new Set(mine.slice(0, Math.max(0, mine.length - REPORTS_PER_INSTANCE)));
    this.#store
      .set({ version: 1, runs: kept.filter((other) => !dropped.has(other)) })
      .catch((error: unknown) => this.#onTrouble(toErrorData(error).message));
  }

  async forget(instanceId: string): Promise<void> {
    const runs = this.#store.value.runs.filter((run) => run.instanceId !== instanceId);
    await this.#store.set({ version: 1, runs });
  }
}
