/** Live figures of a real uWSGI and of the bundled engine under a few requests, as the Config page gets them. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OptionFigure } from '../../contract/live-figures.ts';
import { APP, CoreBench, hasUwsgi } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';

let bench: CoreBench;

beforeEach(async () => {
  bench = await CoreBench.make();
  await bench.write('app.py', APP);
});

afterEach(async () => {
  await bench.dispose();
});

async function configText(port: number, more: string[] = []): Promise<string> {
  const lines = [
    '[uwsgi]',
    `http-socket = 127.0.0.1:${port}`,
    'wsgi-file = app.py',
    'master = true',
    'processes = 2',
    'threads = 2',
    'harakiri = 30',
    'max-requests = 5000',
    'memory-report = true',
    `stats = ${join(bench.folder, 'stats')}`,
    ...more,
  ];
  return bench.write('shop.ini', `${lines.join('\n')}\n`);
}

/** The figure of an option once it says `words`. */
async function figureOf(instanceId: string, option: string, words: RegExp): Promise<OptionFigure> {
  return waitUntil(`${option} with ${words}`, async () => {
    const { figures } = await bench.client.call('config.figures', { instanceId });
    const found = figures.find((figure) => figure.option === option);
    return found !== undefined && words.test(found.parts.map(({ text }) => text).join(' ')) ? found : null;
  });
}

async function seeSlowRequests(instanceId: string, port: number): Promise<void> {
  const slow = [1, 2, 3].map(async () => fetch(`http://127.0.0.1:${port}/slow?3`));
  await figureOf(instanceId, 'processes', /^peak busy [12] of 2$/);
  await figureOf(instanceId, 'threads', /^peak cores 3 of 4$/);
  await Promise.all(slow);
  await figureOf(instanceId, 'harakiri', /^(slowest|longest now) [2-9]\.\d s$/);
  const { parts } = await figureOf(instanceId, 'max-requests', /^nearest [123], wid [12]$/);
  expect(parts.map(({ tone }) => tone)).toEqual(['label', 'value']);
  const memory = await figureOf(instanceId, 'memory-report', /MiB$/);
  expect(memory).toMatchObject({ suggestion: null, evidence: expect.stringContaining('2 workers') });
}

describe('live figures', () => {
  it('of a real uWSGI follow its requests', async (context) => {
    context.skip(!hasUwsgi(), 'uWSGI with its python3 plugin is not installed');
    const port = await bench.freePort();
    await bench.startUwsgi(['--ini', await configText(port, ['plugins = python3'])]);
    await bench.startCore();
    const statsAddress = join(bench.folder, 'stats');
    const { id } = await waitUntil('the server', async () =>
      bench.client.call('instances.attach', { statsAddress }).catch(() => null),
    );
    await seeSlowRequests(id, port);
  });

  it('of the bundled engine follow its requests', async () => {
    const port = await bench.freePort();
    await bench.startCore();
    const { id } = await bench.client.call('engine.run', { path: await configText(port) });
    await waitUntil('the engine', async () => (await bench.instance(id)).engine?.status === 'running');
    await seeSlowRequests(id, port);
  });
});
