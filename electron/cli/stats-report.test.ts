import { describe, expect, it } from 'vitest';
import type { StatsDocument, StatsWorker } from '../../engine/api/stats.ts';
import { vassalRows } from '../core/emperor/vassal-rows.ts';
import { statsReport, statsTable } from './stats-report.ts';

const core = {
  id: 0,
  requests: 0,
  static_requests: 0,
  routed_requests: 0,
  offloaded_requests: 0,
  write_errors: 0,
  read_errors: 0,
  in_request: 0,
  vars: [],
  req_info: {},
};
const worker: StatsWorker = {
  id: 1,
  pid: 5131,
  accepting: 1,
  requests: 240,
  delta_requests: 240,
  exceptions: 1,
  harakiri_count: 0,
  signals: 0,
  signal_queue: 0,
  status: 'idle',
  rss: 16 * 1024 * 1024,
  vsz: 64 * 1024 * 1024,
  running_time: 720_000,
  last_spawn: 1_700_000_000,
  respawn_count: 1,
  tx: 194_880,
  avg_rt: 3000,
  apps: [],
  cores: [core],
};
const stats: StatsDocument = {
  version: '2.0.21',
  listen_queue: 3,
  listen_queue_errors: 0,
  signal_queue: 0,
  load: 3,
  pid: 5120,
  uid: 0,
  gid: 0,
  cwd: '/srv/hello',
  locks: [],
  sockets: [{ name: '127.0.0.1:8080', proto: 'http', queue: 3, max_queue: 100, shared: 0, can_offload: 0 }],
  workers: [worker, { ...worker, id: 2, pid: 5132, requests: 0, avg_rt: 0, exceptions: 0, tx: 0 }],
};

describe('statsReport', () => {
  it('sums the workers and puts units in the names', () => {
    expect(statsReport('127.0.0.1:9191', stats, null)).toMatchObject({
      address: '127.0.0.1:9191',
      masterPid: 5120,
      requests: 240,
      exceptions: 1,
      rssBytes: 33_554_432,
      listenQueue: 3,
      listenQueueMax: 100,
      workers: [
        { id: 1, avgRtMs: 3, accepting: true, cores: 1, busyCores: 0, spawnedAt: 1_700_000_000 },
        { id: 2, avgRtMs: null },
      ],
    });
  });

  it('says null where memory is not reported, instead of 0', () => {
    const silent = { ...stats, sockets: [], workers: [{ ...worker, rss: 0, vsz: 0 }] };
    const report = statsReport('a', silent, null);
    expect([report.rssBytes, report.workers[0]?.rssBytes, report.listenQueueMax]).toEqual([null, null, null]);
  });

  it('can be read back from its JSON without loss', () => {
    const report = statsReport('a', stats, null);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe('statsTable', () => {
  it('aligns one line per worker under their titles', () => {
    expect(statsTable(statsReport('127.0.0.1:9191', stats, null))).toEqual([
      'uWSGI 2.0.21 at 127.0.0.1:9191, master pid 5120, /srv/hello',
      '240 requests, 1 exceptions, 0 harakiri, sent 190 KiB, memory 32 MiB, listen queue 3 of 100',
      '',
      'WORKER   PID  STATE  REQUESTS  AVERAGE  MEMORY  EXCEPTIONS  HARAKIRI  SPAWNS     SENT',
      '     1  5131  idle        240   3.0 ms  16 MiB           1         0       1  190 KiB',
      '     2  5132  idle          0        -  16 MiB           0         0       1      0 B',
    ]);
  });

  it('shows how many cores of a worker with threads are busy', () => {
    const busy = { ...worker, status: 'busy', cores: [{ ...core, in_request: 1 }, core] };
    const lines = statsTable(statsReport('a', { ...stats, version: 'reeve-0.1.0', workers: [busy] }, null));
    expect(lines[0]).toContain('Reeve 0.1.0 at a');
    expect(lines.at(-1)).toContain('busy 1/2');
  });

  it('has the vassals of an emperor in the place of workers', () => {
    const vassals = vassalRows(
      {
        version: 'reeve-0.1.0',
        pid: 10,
        uid: 0,
        gid: 0,
        cwd: '/srv',
        emperor: ['/etc/vassals'],
        emperor_tyrant: 0,
        throttle_level: 0,
        vassals: [],
        blacklist: [],
        reeve: {
          vassals: [
            {
              id: 'bad.ini',
              monitor: '/etc/vassals',
              config: '/etc/vassals/bad.ini',
              state: 'refused',
              cause: 'owned by root',
              next: 0,
            },
          ],
        },
      },
      { atMs: 0, aheadMs: 0, heartbeatMs: 30_000 },
    );
    const report = statsReport(
      '/run/emperor.sock',
      { ...stats, version: 'reeve-0.1.0', pid: 10, workers: [] },
      vassals,
    );
    expect(report.vassals).toMatchObject([{ id: 'bad.ini', state: 'refused', pid: null }]);
    expect(statsTable(report)).toEqual([
      'Emperor of Reeve 0.1.0 at /run/emperor.sock, pid 10, /srv/hello',
      '',
      'VASSAL   PID  STATE    RESPAWNS  CAUSE',
      'bad.ini    -  refused         0  Owned by root.',
    ]);
  });
});
