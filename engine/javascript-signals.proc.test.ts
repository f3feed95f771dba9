/** Signals in a JavaScript worker: handlers run between its requests, and one that fails costs nothing. */
import { afterEach, expect, it } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const APP = `
import { appendFileSync } from 'node:fs';
import { registerSignal, signal } from 'uwsgi';
const note = (text) => appendFileSync('events', text + '\\n');
registerSignal(1, 'workers', (number) => note('signal ' + number));
registerSignal(2, 'worker1', () => { throw new Error('handler fails'); });
export default { async fetch() {
  note('begin');
  signal(2);
  signal(1);
  await new Promise((done) => setTimeout(done, 200));
  note('end');
  return new Response('answered');
} };
`;

let engine: EngineProcess | null = null;

afterEach(async () => {
  await engine?.dispose();
  engine = null;
});

it('a handler in JavaScript runs after the request of a worker that serves one at a time', async () => {
  const started = await EngineProcess.launch({
    ini: 'js-app = app.mjs\nmaster = true\nprocesses = 1\nthreads = 1',
    files: { 'app.mjs': APP },
  });
  engine = started;
  await started.seen('Reeve is ready');
  expect((await started.get('/')).body).toBe('answered');
  await waitFor('its handler', () => started.read('events').includes('signal 1'));
  expect(started.read('events')).toBe('begin\nend\nsignal 1\n');
  await started.seen('Error: handler fails');
  await started.seen('error managing signal 2 on worker 1');
  expect((await started.worker(1)).signals).toBe(2);
});
