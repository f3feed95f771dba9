/** Signals in a JavaScript worker: handlers run between its requests, and one that fails costs nothing. */
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const SIGNALS = fileURLToPath(new URL('../resources/runtimes/node/signals.mjs', import.meta.url));
const APP = `
import { appendFileSync } from 'node:fs';
import { signals } from ${JSON.stringify(SIGNALS)};
const note = (text) => appendFileSync('events', text + '\\n');
signals.register(1, 'workers', (number) => note('signal ' + number));
signals.register(2, 'worker1', () => { throw new Error('handler fails'); });
export default { async fetch() {
  note('begin');
  signals.raise(2);
  signals.raise(1);
  await new Promise((done) => setTimeout(done, 200));
  note('end');
  return new Response(String(signals.isRegistered(1)));
} };
`;

let engine: EngineProcess | null = null;

afterEach(async () => {
  await engine?.dispose();
  engine = null;
});

it('a handler in JavaScript runs after the request that the worker serves', async () => {
  const started = await EngineProcess.launch({
    ini: 'js-app = app.mjs\nmaster = true\nprocesses = 1',
    files: { 'app.mjs': APP },
  });
  engine = started;
  await started.seen('Reeve is ready');
  expect((await started.get('/')).body).toBe('true');
  await waitFor('its handler', () => started.read('events').includes('signal 1'));
  expect(started.read('events')).toBe('begin\nend\nsignal 1\n');
  await started.seen('Error: handler fails');
  await started.seen('error managing signal 2 on worker 1');
  expect((await started.worker(1)).signals).toBe(2);
});
