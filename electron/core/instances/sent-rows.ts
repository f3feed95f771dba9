/**
 * What pages know of each instance: a row of which only the figures are new is sent as a row of numbers, a tenth of
 * its size. All pages hear the same, and a page that comes later begins with a snapshot.
 */
import { encodeFigures } from '../../contract/figures-row.ts';
import type { FiguresRow, Instance } from '../../contract/model.ts';

export class SentRows {
  /** All of the row but what `figures` stands for, as text. */
  readonly #rest = new Map<string, string>();

  /** Rows that have to be sent whole, and figures of the others. */
  split(rows: readonly Instance[]): { changed: Instance[]; figures: FiguresRow[] } {
    const changed: Instance[] = [];
    const figures: FiguresRow[] = [];
    for (const row of rows) {
      const rest = restOf(row);
      if (row.figures !== null && this.#rest.get(row.id) === rest) {
        figures.push(encodeFigures(row.id, row.figures));
        continue;
      }
      this.#rest.set(row.id, rest);
      changed.push(row);
    }
    return { changed, figures };
  }

  forget(id: string): void {
    this.#rest.delete(id);
  }

  clear(): void {
    this.#rest.clear();
  }
}

/** An attached link answered when the figures were taken; of one that is not, the time of its last answer is news. */
function restOf(row: Instance): string {
  const { link } = row;
  const lastAnswerAtMs = link.status === 'attached' ? null : link.lastAnswerAtMs;
  return JSON.stringify({ ...row, figures: null, link: { ...link, lastAnswerAtMs } });
}
