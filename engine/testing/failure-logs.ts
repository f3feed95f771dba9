/**
 * Set up for each test with real processes: when one fails, the logs of the engines it had are printed with it, as what
 * happened cannot be asked for again.
 */
import { beforeEach } from 'vitest';
import { EngineProcess } from './engine-process.ts';

/** The end of a log, where the reason mostly is. */
const SHOWN_CHARACTERS = 6000;

beforeEach(({ onTestFailed }) => {
  EngineProcess.started = EngineProcess.started.filter(({ isDisposed }) => !isDisposed);
  onTestFailed(() => {
    for (const { log, folder } of EngineProcess.started) {
      console.log(`the log of the engine in ${folder}:\n${log.slice(-SHOWN_CHARACTERS)}`);
    }
  });
});
