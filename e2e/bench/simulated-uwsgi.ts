/**
 * A process that looks like many uWSGI masters to a console: each has a stats server on a port of its own and
 * counters that move as under load. Started by the benchmark with `instances` and `workers` as arguments; prints its
 * ports as one line of JSON and serves until it is stopped. With a folder as third argument the servers are sockets in
 * it, whose paths it prints.
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { StatsDocument, StatsWorker } from '../../engine/api/stats.ts';

const REQUESTS_PER_SECOND = 40;
const RESPONSE_MICROS = 12_000;

const [instances = 1, workers = 1] = process.argv.slice(2).map(Number);
const folder = process.argv[4];
const startedAtMs = Date.now();

const addresses = await Promise.all(
  Array.from({ length: instances }, async (_unused, instance) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(JSON.stringify(documentNow(instance)));
    });
    await new Promise<void>((resolve) => {
      if (folder === undefined) server.listen(0, '127.0.0.1', resolve);
      else server.listen(join(folder, `${instance + 1}.stats`), resolve);
    });
    const address = server.address();
    if (address === null) throw new Error('no address');
    return typeof address === 'string' ? address : address.port;
  }),
);
console.log(JSON.stringify(addresses));

function documentNow(instance: number): StatsDocument {
  const seconds = (Date.now() - startedAtMs) / 1000;
  return {
    version: '2.0.31',
    listen_queue: Math.round(2 + 2 * Math.sin(seconds / 5)),
    listen_queue_errors: 0,
    signal_queue: 0,
    load: 0,
    pid: 10_000 + instance,
    uid: 1000,
    gid: 1000,
    cwd: '/srv/app',
    locks: [{ 'user 0': 0 }, { signal: 0 }, { filemon: 0 }, { timer: 0 }, { rbtimer: 0 }, { cron: 0 }, { rpc: 0 }],
    sockets: [{ name: '/run/uwsgi/app.sock', proto: 'uwsgi', queue: 2, max_queue: 100, shared: 0, can_offload: 0 }],
    workers: Array.from({ length: workers }, (_unused, index) => workerNow(instance, index + 1, seconds)),
  };
}

function workerNow(instance: number, id: number, seconds: number): StatsWorker {
  const requests = Math.floor(1000 + seconds * REQUESTS_PER_SECOND);
  const isBusy = (Math.floor(seconds) + id) % 3 === 0;
  const started = Math.floor(startedAtMs / 1000);
  return {
    id,
    pid: 20_000 + instance * 100 + id,
    accepting: 1,
    requests,
    delta_requests: requests,
    exceptions: Math.floor(seconds / 60),
    harakiri_count: 0,
    signals: 0,
    signal_queue: 0,
    status: isBusy ? 'busy' : 'idle',
    rss: 60_000_000 + id * 1_000_000,
    vsz: 300_000_000,
    running_time: requests * RESPONSE_MICROS,
    last_spawn: started,
    respawn_count: 1,
    tx: requests * 2048,
    avg_rt: RESPONSE_MICROS,
    apps: [{ id: 0, modifier1: 0, mountpoint: '', startup_time: 1, requests, exceptions: 0, chdir: '' }],
    cores: [
      {
        id: 0,
        requests,
        static_requests: 0,
        routed_requests: 0,
        offloaded_requests: 0,
        write_errors: 0,
        read_errors: 0,
        in_request: isBusy ? 1 : 0,
        vars: isBusy ? requestVars(id) : [],
        req_info: isBusy ? { request_start: Math.floor(Date.now() / 1000) } : {},
      },
    ],
  };
}

function requestVars(id: number): string[] {
  return [
    'QUERY_STRING=page=3&sort=name',
    'REQUEST_METHOD=GET',
    'CONTENT_TYPE=',
    'CONTENT_LENGTH=',
    `REQUEST_URI=/items/${id}?page=3&sort=name`,
    `PATH_INFO=/items/${id}`,
    'SERVER_PROTOCOL=HTTP/1.1',
    'REMOTE_ADDR=192.0.2.7',
    'REMOTE_PORT=51234',
    'SERVER_NAME=shop.example.com',
    'HTTP_HOST=shop.example.com',
    'HTTP_USER_AGENT=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)',
    'HTTP_COOKIE=session=0123456789abcdef0123456789abcdef',
    '',
  ];
}
