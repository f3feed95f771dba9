/**
 * Records the cases of internal routing from the real uWSGI 2.0.21: `node engine/testing/record-routing.ts GROUP...` asks
 * it every request of engine/goldens/routing/GROUP/expected.json and shows where its answer is not the recorded one, or
 * with `--write` puts it there. A new case is a `request` and the `log` that it should leave; where that is empty the
 * lines are shown.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort } from './engine-process.ts';
import {
  APPLICATION,
  askFor,
  casesOf,
  copyFiles,
  GOLDENS,
  GROUPS,
  linesOf,
  type RoutingCase,
  RoutingPeers,
} from './routing-cases.ts';
import { UwsgiProcess } from './uwsgi-process.ts';

const PLUGINS = `python3 rpc signal router_basicauth router_cache router_expires router_hash router_http router_metrics
router_redirect router_rewrite router_static router_uwsgi transformation_chunked transformation_gzip transformation_tofile
transformation_toupper`;
/** Longer than its master takes to hand on a signal, and to write what a worker prints. */
const LOG_MS = 150;

const { values, positionals } = parseArgs({ options: { write: { type: 'boolean' } }, allowPositionals: true });
const groups = positionals.length === 0 ? GROUPS : positionals;
for (const group of groups) await record(group);

async function record(group: string): Promise<void> {
  const peers = await RoutingPeers.start();
  const folder = copyFiles(group);
  const port = await freePort();
  writeFileSync(join(folder, 'uwsgi.ini'), `[uwsgi]\n${peers.name(linesOf(group)).replaceAll('%d', folder)}`);
  const plugins = PLUGINS.split(/\s+/).join(',');
  const socket = `127.0.0.1:${port}`;
  const uwsgi = await UwsgiProcess.start(
    ['--plugins', plugins, '--http-socket', socket, '--wsgi-file', APPLICATION, '--ini', join(folder, 'uwsgi.ini')],
    {},
  );
  try {
    const cases: RoutingCase[] = [];
    for (const known of casesOf(group)) cases.push(await again(known, port, uwsgi));
    if (values.write === true) writeFileSync(join(GOLDENS, group, 'expected.json'), write(cases));
  } finally {
    await uwsgi.dispose();
    await peers.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function again(known: RoutingCase, port: number, uwsgi: UwsgiProcess): Promise<RoutingCase> {
  const { request, log, difference, here } = known;
  const before = uwsgi.log.length;
  const answer = await askFor(port, request);
  await delay(LOG_MS);
  const lines = uwsgi.log.slice(before).trimEnd();
  const title = `${request.method} ${request.path} ${JSON.stringify(request.headers)}`;
  const { status, headers, body } = known;
  if (JSON.stringify(answer) !== JSON.stringify({ status, headers, body })) say(`${title}\n${JSON.stringify(answer)}`);
  const missing = log.filter((line) => !lines.includes(line));
  if (missing.length > 0 || (log.length === 0 && lines !== '')) say(`${title}: its log is\n${lines}`);
  return { request, ...answer, log, ...(difference === undefined ? {} : { difference, here }) };
}

function write(cases: readonly RoutingCase[]): string {
  return `[\n${cases.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
