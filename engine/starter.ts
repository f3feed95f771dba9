/**
 * An engine that a program has started can be tied to it: with REEVE_STOP_WITH_STDIN=1 it stops gracefully when its
 * standard input ends, which the system sees to even where the starter is killed. Children do not inherit this.
 */
import type { Readable } from 'node:stream';

const VARIABLE = 'REEVE_STOP_WITH_STDIN';

export interface Starter {
  /** The program that started this engine watches it. */
  isTied: boolean;
  /** The environment for everything else. */
  env: NodeJS.ProcessEnv;
  /** Calls back once, when the starter is gone; never when the engine is not tied to it. */
  whenGone: (callback: () => void) => void;
  dispose: () => void;
}

export function starterOf(env: NodeJS.ProcessEnv, stdin: (() => Readable) | undefined): Starter {
  const { [VARIABLE]: wish, ...rest } = env;
  if (wish !== '1' || stdin === undefined) {
    return { isTied: false, env: rest, whenGone: () => undefined, dispose: () => undefined };
  }
  const input = stdin();
  return {
    isTied: true,
    env: rest,
    whenGone: (callback) => {
      let isOver = false;
      const gone = (): void => {
        if (!isOver) callback();
        isOver = true;
      };
      for (const event of ['end', 'error', 'close']) input.once(event, gone);
      input.resume();
    },
    dispose: () => {
      input.removeAllListeners();
      input.on('error', () => undefined);
      input.destroy();
    },
  };
}
