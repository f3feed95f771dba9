/** What a JavaScript application may do to its worker: hold the event loop, never answer, throw where nobody catches. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const APP = `
import { readFileSync } from 'node:fs';

interface Page { status: number; text: string }

function spinForEver(): never {
  for (;;) readFileSync('app.ts');
}

const later = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
const page: Page = await later(1).then(() => ({ status: 200, text: 'ready' }));

export default async (request: Request): Promise<Response> => {
  const { pathname } = new URL(request.url);
  if (pathname === '/spin') spinForEver();
  if (pathname === '/never') await new Promise(() => {});
  if (pathname === '/rejected') {
    void later(1).then(() => { throw new Error('rejected'); });
    await new Promise(() => {});
  }
  if (pathname === '/thrown') {
    setTimeout(() => { throw new Error('thrown'); }, 1);
    await new Promise(() => {});
  }
  if (pathname === '/slow') await later(300);
  return new Response(page.text + ' ' + process.pid, { status: page.status });
};
`;

let engine: EngineProcess;

beforeAll(async () => {
  engine = await EngineProcess.start({
    ini: 'js-app = app.ts\nmaster = true\nprocesses = 1\nharakiri = 2\n',
    files: { 'app.ts': APP },
  });
});

afterAll(async () => {
  await engine.dispose();
});

const pidOf = async (): Promise<string> => (await engine.get('/', { fresh: true })).body;

test('a promise that is rejected and not waited for is the failure of its request', async () => {
  const before = await pidOf();
  const slow = engine.get('/slow', { fresh: true });
  expect((await engine.get('/rejected', { fresh: true })).status).toBe(500);
  await engine.seen('a promise was rejected and nobody waited for it (GET /rejected)');
  await engine.seen('Error: rejected');
  expect((await slow).body).toBe(before);
  expect(await pidOf()).toBe(before);
});

test('an exception that nobody catches is the failure of its request, and the worker is replaced', async () => {
  const before = await pidOf();
  const slow = engine.get('/slow', { fresh: true });
  expect((await engine.get('/thrown', { fresh: true })).status).toBe(500);
  await engine.seen('nobody caught this exception; the worker will be replaced (GET /thrown)');
  expect((await slow).body).toBe(before);
  await waitFor('another worker', async () => (await pidOf()) !== before);
});

test('a request that never ends is given up alone', async () => {
  const before = await pidOf();
  expect((await engine.get('/never', { fresh: true })).status).toBe(504);
  expect(await pidOf()).toBe(before);
});

test('a worker whose event loop is held is ended, and the log says where it was', async () => {
  const before = await pidOf();
  expect((await engine.get('/spin', { fresh: true })).status).toBe(504);
  await engine.seen('the event loop of worker process');
  expect(engine.log).toMatch(/\n {4}at spinForEver \(file:.*app\.ts:\d+:\d+\)\n/);
  await waitFor('another worker', async () => (await pidOf()) !== before);
});

test('a file that exports no application ends the start with what to do, and without frames that are not its own', async () => {
  const files = { 'app.mjs': 'export const port = 3000;\n' };
  const wrong = await EngineProcess.launch({ ini: 'js-app = app.mjs\nneed-app = true\n', files });
  try {
    expect(await wrong.exited).toBe(22);
    expect(wrong.log).toContain('app.mjs exports no application: export a fetch handler or a (req, res) function');
    expect(wrong.log).not.toContain('worker.mjs');
  } finally {
    await wrong.dispose();
  }
});

test('an application that throws while it loads has its stack in the log once, and the reason in one line', async () => {
  const files = { 'app.mjs': "throw new TypeError('no database');\n" };
  const wrong = await EngineProcess.launch({ ini: 'js-app = app.mjs\nneed-app = true\n', files });
  try {
    expect(await wrong.exited).toBe(22);
    expect(wrong.log).toMatch(/^TypeError: no database\n {4}at /m);
    expect(wrong.log).toContain('the application could not be loaded: TypeError: no database ***');
  } finally {
    await wrong.dispose();
  }
});
