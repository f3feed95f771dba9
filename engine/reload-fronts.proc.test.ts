/** Reloads behind nginx, by every protocol it speaks, and through the router: no request fails. */
import { Agent, request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { PYTHON_APP, SECOND_APP } from './testing/apps.ts';
import { EngineProcess, freePort, waitFor } from './testing/engine-process.ts';
import { type FrontServer, startNginx, whyMissing } from './testing/front-servers.ts';

const engines: EngineProcess[] = [];
const fronts: FrontServer[] = [];

afterEach(async () => {
  for (const front of fronts.splice(0)) await front.dispose();
  for (const engine of engines.splice(0)) await engine.dispose();
});

async function start(ini: string): Promise<{ engine: EngineProcess; front: FrontServer; router: number }> {
  const [router, uwsgi, fastcgi, scgi] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const listeners =
    `http = 127.0.0.1:${router}\nsocket = 127.0.0.1:${uwsgi}\n` +
    `fastcgi-socket = 127.0.0.1:${fastcgi}\nscgi-socket = 127.0.0.1:${scgi}\n`;
  const engine = await EngineProcess.start({
    ini: `${listeners}wsgi-file = app.py\nmaster = true\nprocesses = 2\nmaster-fifo = {FOLDER}/app.fifo\n${ini}`,
    files: { 'app.py': PYTHON_APP },
  });
  engines.push(engine);
  const front = await startNginx(engine.folder, { http: engine.port, uwsgi, fastcgi, scgi });
  fronts.push(front);
  return { engine, front, router };
}

async function fetchFrom(port: number, path: string, agent: Agent | false): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, agent }, (incoming) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      incoming.on('end', () => resolve(`${incoming.statusCode} ${body}`));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** Asks every way in turn, again and again, on kept and on new connections; what did not get 200 is kept. */
function traffic(ways: readonly (readonly [port: number, path: string])[]) {
  const failures: string[] = [];
  let answers = 0;
  const stopping = new AbortController();
  const kept = new Agent({ keepAlive: true });
  const client = async (agent: Agent | false): Promise<void> => {
    for (let turn = 0; !stopping.signal.aborted; turn++) {
      const [port, path] = ways[turn % ways.length] ?? [0, ''];
      const answer = await fetchFrom(port, path, agent).catch(String);
      answers += 1;
      if (!answer.startsWith('200 ')) failures.push(`${path}: ${answer}`);
    }
  };
  const clients = [client(kept), client(kept), client(false), client(false)];
  return {
    failures,
    answers: () => answers,
    stop: async (): Promise<void> => {
      stopping.abort();
      await Promise.all(clients);
      kept.destroy();
    },
  };
}

describe('under load behind nginx and through the router', () => {
  const missing = whyMissing('nginx');
  it.for([
    ['a graceful reload', '', 'r', 'reload done after'],
    ['a chain reload', 'lazy-apps = true\n', 'c', 'chain reload done'],
    ['a reload of the workers', 'lazy-apps = true\n', 'w', 'reload of the workers done'],
  ] as const)('%s fails no request and brings the new code', async ([, ini, letter, done], { skip }) => {
    skip(missing !== null, missing ?? '');
    const { engine, front, router } = await start(ini);
    const prefixes = front.prefixes.map((prefix) => [front.port, `${prefix}/`] as const);
    const load = traffic([...prefixes, [router, '/'], [engine.port, '/']]);
    await waitFor('some answers', () => load.answers() > 50);
    engine.write('app.py', SECOND_APP);
    engine.write('app.fifo', letter);
    await engine.seen(done);
    const answered = load.answers();
    await waitFor('answers of the new code', () => load.answers() > answered + 50);
    await load.stop();
    expect(load.failures).toEqual([]);
    for (const [port, path] of prefixes) expect(await fetchFrom(port, path, false), path).toMatch(/^200 two /);
  });
});
