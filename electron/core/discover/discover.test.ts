import { describe, expect, it } from 'vitest';
import { NO_BACKGROUND } from '../background/background-options.ts';
import { localMachine } from '../machine/local-machine.ts';
import { aDocument } from '../testing/stats-fixture.ts';
import { describeServer, describeServers, isSameServer, mastersOf, nameOf } from './discover.ts';
import { type ProcessInfo, readProcess, serverArguments } from './processes.ts';

function aProcess(more: Partial<ProcessInfo>): ProcessInfo {
  return {
    pid: 10,
    parentPid: 1,
    args: ['uwsgi', '--ini', 'a.ini'],
    comm: 'uwsgi',
    user: 'www',
    cwd: '/srv/a',
    env: {},
    startedAtMs: 0,
    cgroup: null,
    parentComm: null,
    ...more,
  };
}

describe('processes of this machine', () => {
  it.each<[string[], string[] | null]>([
    [
      ['uwsgi', '--ini', 'a.ini'],
      ['--ini', 'a.ini'],
    ],
    [['/usr/bin/uwsgi-core', 'a.ini'], ['a.ini']],
    [['uwsgi_python3', 'a.ini'], ['a.ini']],
    [
      ['node', '/opt/reeve/engine/main.ts', '--ini', 'a.ini'],
      ['--ini', 'a.ini'],
    ],
    [['node', '--no-warnings', 'engine/main.ts'], []],
    [['node', '/x/electron/cli/reeve.ts', 'engine', 'a.ini'], ['a.ini']],
    [['uWSGI master'], []],
    [['uWSGI worker 1'], null],
    [['nginx: master process'], null],
    [['vim', 'uwsgi.ini'], null],
    [['timeout', '5', 'node', 'engine/main.ts', 'a.ini'], null],
    [['/bin/sh', '/opt/reeve/resources/bin/reeve', 'engine', 'a.ini'], null],
    [['python3', '/x/uwsgitop'], null],
  ])('%j are those of a server, or not', (args, expected) => {
    expect(serverArguments({ args, comm: (args[0] ?? '').split('/').at(-1)?.slice(0, 15) ?? '' })).toEqual(expected);
  });

  it('are masters unless their parent was called the same way; vassals are masters', () => {
    const master = aProcess({ pid: 10 });
    const worker = aProcess({ pid: 11, parentPid: 10 });
    const vassal = aProcess({ pid: 12, parentPid: 10, args: ['uwsgi', '--ini', 'vassal.ini'] });
    const ofVassal = aProcess({ pid: 13, parentPid: 12, args: ['uwsgi', '--ini', 'vassal.ini'] });
    expect(mastersOf([ofVassal, worker, vassal, master]).map((process) => process.pid)).toEqual([12, 10]);
  });

  it('can be read by pid, and one that has ended is none', async () => {
    expect(await readProcess(process.pid)).toMatchObject({ pid: process.pid, parentPid: process.ppid });
    expect(await readProcess(2 ** 30)).toBeNull();
  });
});

describe('a server that was found', () => {
  it('without stats says which line is missing, and where', () => {
    const found = describeServer(localMachine, { process: aProcess({}), config: null }, null, null);
    expect(found.missing).toContain('auto-procname');
  });

  it('is a vassal of the emperor that started it, and an emperor is asked at the address of its own statistics', () => {
    const emperor = {
      process: aProcess({ pid: 20 }),
      config: { ...emptyConfig(), emperor: ['/etc/vassals'] },
      startedByPid: null,
    };
    const vassal = {
      process: aProcess({ pid: 21, parentPid: 20, cgroup: '0::/system.slice/shop.service\n', parentComm: 'uwsgi' }),
      config: { ...emptyConfig(), statsAddress: '/run/a.stats', pidfile: '/run/a.pid' },
      startedByPid: 20,
    };
    const [first, second] = describeServers(localMachine, [emperor, vassal], () => null);
    expect(first).toMatchObject({
      role: 'emperor',
      emperorPid: null,
      statsAddress: null,
      missing: expect.stringContaining('emperor-stats'),
    });
    const told = { ...emperor, config: { ...emperor.config, emperorStatsAddress: '/run/emperor.stats' } };
    expect(describeServers(localMachine, [told], () => null)[0]).toMatchObject({
      role: 'emperor',
      statsAddress: '/run/emperor.stats',
      missing: null,
    });
    expect(second).toMatchObject({ role: 'vassal', emperorPid: 20, unit: null, pidfile: '/run/a.pid', missing: null });
  });

  it('runs in the unit of systemd that started it', () => {
    const marks = { cgroup: '0::/system.slice/shop.service\n', parentComm: 'systemd', env: { INVOCATION_ID: '1' } };
    expect(describeServer(localMachine, { process: aProcess(marks), config: null }, null, null).unit).toBe(
      'shop.service',
    );
  });

  it('whose folder is hidden from this user says so, not that stats are missing', () => {
    const process = aProcess({ cwd: null, env: null });
    const { missing } = describeServer(localMachine, { process, config: emptyConfig() }, null, null);
    expect(missing).toContain('can not be seen by this user');
  });

  it('shows no secrets of its command line', () => {
    const process = aProcess({ args: ['uwsgi', '--env', 'DB_PASSWORD=abc', '--set', 'api-token=xyz', '-p', '4'] });
    const { command } = describeServer(localMachine, { process, config: null }, null, null);
    expect(command).toBe('uwsgi --env DB_PASSWORD=hidden --set api-token=hidden -p 4');
  });

  it('is the one that answered only if its stats address or its folder is the same', () => {
    const config = Object.assign(emptyConfig(), { statsAddress: '/run/a.stats' });
    const server = { process: aProcess({ cwd: '/srv/a' }), config };
    expect(isSameServer(server, aDocument({ cwd: '/app' }), '/run/a.stats')).toBe(true);
    expect(isSameServer(server, aDocument({ cwd: '/srv/a' }), '127.0.0.1:1717')).toBe(true);
    expect(isSameServer(server, aDocument({ cwd: '/app' }), '127.0.0.1:1717')).toBe(false);
  });

  it('is named by its file, or by the folder of a file that is called uwsgi', () => {
    const config = { configPath: '/srv/shop/uwsgi.ini' };
    expect(nameOf({ process: aProcess({}), config: Object.assign(emptyConfig(), config) })).toBe('shop');
    expect(
      nameOf({ process: aProcess({}), config: Object.assign(emptyConfig(), { configPath: '/etc/admin.ini' }) }),
    ).toBe('admin');
    expect(nameOf({ process: aProcess({}), config: null })).toBe('a');
  });
});

function emptyConfig() {
  return {
    configPath: null as string | null,
    files: [],
    optionCount: 0,
    application: null,
    errors: [],
    otherFormat: false,
    statsAddress: null,
    masterFifos: [],
    harakiriMs: null,
    touchReload: [],
    touchWorkersReload: [],
    touchChainReload: [],
    lazyApps: false,
    mercyMs: 60_000,
    listen: 100,
    processes: 1,
    url: null,
    lazy: false,
    router: false,
    memoryReport: false,
    cheaper: false,
    pidfile: null as string | null,
    emperor: [] as string[],
    emperorStatsAddress: null as string | null,
    heartbeatMs: 30_000,
    logto: null,
    logs: [],
    logFormat: null,
    background: NO_BACKGROUND,
  };
}
