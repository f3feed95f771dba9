/** Requests without a pause, on kept and on new connections: what a reload or a dying worker must not disturb. */
import type { Answer, EngineProcess } from './engine-process.ts';

export interface Traffic {
  readonly answers: readonly Answer[];
  /** Of requests that had no answer. */
  readonly errors: readonly unknown[];
  /** Resolves when the last requests are over. */
  stop(): Promise<void>;
}

/** Asks for `/` until it is stopped. */
export function startTraffic(engine: EngineProcess, clients: { kept: number; fresh: number }): Traffic {
  const answers: Answer[] = [];
  const errors: unknown[] = [];
  const stopping = new AbortController();
  const client = async (fresh: boolean): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        answers.push(await engine.get('/', { fresh }));
      } catch (error) {
        errors.push(error);
      }
    }
  };
  const running = Array.from({ length: clients.kept + clients.fresh }, (_, index) => client(index >= clients.kept));
  const stop = async (): Promise<void> => {
    stopping.abort();
    await Promise.all(running);
  };
  return { answers, errors, stop };
}
