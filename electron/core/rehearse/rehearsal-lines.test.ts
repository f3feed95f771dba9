import { describe, expect, it } from 'vitest';
import { optionTable } from '../../../engine/config/option-table.ts';
import { resolveConfig } from '../../../engine/config/resolve.ts';
import { memoryHost } from '../../../engine/config/test-host.ts';
import { originsInText, type RehearsalFile, writeRehearsal } from './rehearsal-lines.ts';
import { fateOf } from './rehearsal-options.ts';
import { screen } from './rehearsal-screen.ts';

const PATH = '/srv/app/shop.ini';

function screened(lines: string, server: 'engine' | 'uwsgi' = 'uwsgi', more: Record<string, string> = {}) {
  const host = memoryHost({ [PATH]: `[uwsgi]\n${lines}\n`, ...more }, { GREETING: 'hello' });
  const resolved = resolveConfig(['--ini', PATH], host);
  if (!resolved.ok) throw new Error(resolved.errors[0]?.message);
  return { resolved, ...screen(resolved, server) };
}

function rehearsed(lines: string, more: Record<string, string> = {}): RehearsalFile {
  const { resolved, applied } = screened(lines, 'uwsgi', more);
  let port = 40_000;
  return writeRehearsal(resolved, applied, { folder: '/scratch', nextPort: () => (port += 1), mostWorkers: 2 });
}

/** The flat file read again, as the engine of the rehearsal does. */
function reread(file: RehearsalFile) {
  const values = Object.fromEntries(file.values.map(({ name, text }) => [`/scratch/${name}`, text]));
  const host = memoryHost({ '/scratch/rehearsal.ini': file.text, ...values }, { GREETING: 'hello' });
  const resolved = resolveConfig(['--ini', '/scratch/rehearsal.ini'], host);
  if (!resolved.ok) throw new Error(resolved.errors[0]?.message);
  return resolved.applied.map(({ key, value }) => `${key} = ${value}`);
}

describe('the configuration of a rehearsal', () => {
  it('has every address, FIFO and pidfile moved aside, and its own sockets for questions', () => {
    const file = rehearsed(
      'http = :8080\nhttp-socket = 10.0.0.1:81\nsocket = /run/shop.sock\nsocket = @shop\nstats = 127.0.0.1:1717\nmaster-fifo = /run/shop.fifo\npidfile = shop.pid',
    );
    expect(reread(file)).toEqual([
      'ini = /scratch/rehearsal.ini',
      'stats = /scratch/stats',
      'http-socket = /scratch/ask',
      'http = 127.0.0.1:40001',
      'http-socket = 127.0.0.1:40002',
      'socket = /scratch/1',
      'socket = /scratch/2',
      'master-fifo = /scratch/3',
      'pidfile = /scratch/4',
    ]);
    expect(file.changes.map(({ option, value, instead, origin }) => [option, value, instead, origin.line])).toEqual([
      ['http', ':8080', '127.0.0.1:40001', 2],
      ['http-socket', '10.0.0.1:81', '127.0.0.1:40002', 3],
      ['socket', '/run/shop.sock', '/scratch/1', 4],
      ['socket', '@shop', '/scratch/2', 5],
      ['stats', '127.0.0.1:1717', '/scratch/stats', 6],
      ['master-fifo', '/run/shop.fifo', '/scratch/3', 7],
      ['pidfile', 'shop.pid', '/scratch/4', 8],
    ]);
  });

  it('keeps certificates behind moved addresses, and shared sockets with what refers to them', () => {
    const file = rehearsed(
      'shared-socket = 0.0.0.0:443\nhttps = =0,a.crt,a.key\nhttps-socket = :8443,b.crt,b.key\nhttps2 = cert=c.crt,addr=:9443,key=c.key\nsuwsgi-socket = :7443,d.crt,d.key',
    );
    expect(reread(file).slice(3)).toEqual([
      'shared-socket = 127.0.0.1:40001',
      'https = =0,a.crt,a.key',
      'https-socket = 127.0.0.1:40002,b.crt,b.key',
      'https2 = cert=c.crt,addr=127.0.0.1:40003,key=c.key',
      'suwsgi-socket = 127.0.0.1:40004,d.crt,d.key',
    ]);
  });

  it('gives caches and the queue files of their own, and leaves those of the real server alone', () => {
    const file = rehearsed(
      'cache2 = name=a,items=10,store=/srv/a.cache,storesync=2\ncache2 = store=b.cache,items=10\ncache2 = name=store,items=10\ncache = 10\ncache-store = /srv/c.cache\nqueue = 5\nqueue-store = /srv/queue',
    );
    expect(reread(file).slice(3)).toEqual([
      'cache2 = name=a,items=10,store=/scratch/1,storesync=2',
      'cache2 = store=/scratch/2,items=10',
      'cache2 = name=store,items=10',
      'cache = 10',
      'cache-store = /scratch/3',
      'queue = 5',
      'queue-store = /scratch/4',
    ]);
    expect(file.changes.map(({ value, instead }) => [value, instead])).toEqual([
      ['/srv/a.cache', '/scratch/1'],
      ['b.cache', '/scratch/2'],
      ['/srv/c.cache', '/scratch/3'],
      ['/srv/queue', '/scratch/4'],
    ]);
  });

  it('says what includes, placeholders and magic variables said where they stood', () => {
    const file = rehearsed(
      'http-socket = :8080\nbase = /srv/%n\nchdir = %(base)/$(GREETING)\ninclude = more/%n.inc.ini\nlog-format = %%(uri) 100%%',
      { '/srv/app/more/shop.inc.ini': '[uwsgi]\nmodule = %c.wsgi\nset-ph = colour=red\nenv = COLOUR=%(colour)\n' },
    );
    const values = reread(file);
    for (const line of [
      'chdir = /srv/shop/hello',
      'log-format = %(uri) 100%',
      'module = more.wsgi',
      'env = COLOUR=red',
    ]) {
      expect(values).toContain(line);
    }
    const module = file.text.split('\n').indexOf('module = more.wsgi');
    expect(file.origins[module]).toMatchObject({ file: '/srv/app/more/shop.inc.ini', line: 2 });
    // What applications look up in uwsgi.opt.
    expect(file.text).toContain('set-placeholder = base=/srv/shop\n');
  });

  it('keeps no option of the engine that runs a program, watches a file or listens', () => {
    const kept = optionTable.filter((option) => option.status === 'works' && fateOf(option).type === 'keep');
    const names = kept.map(({ name }) => name);
    expect(
      names.filter((name) =>
        /daemon|exec|hook|cron|alarm|timer|store$|touch|metrics?-dir|socket$|^https?\d?$/.test(name),
      ),
    ).toEqual([
      'abstract-socket',
      'chmod-socket',
      // Code of the application, shown to who is asked for consent.
      'php-exec-before',
      'php-exec-after',
      'perl-exec',
      'perl-exec-post-fork',
      'py-executable',
    ]);
  });

  it('leaves out what acts beyond the application, and says so', () => {
    const lines = [
      'daemonize = /var/log/shop.log',
      'uid = www-data',
      'exec-asap = rm -rf /run/shop',
      'hook-post-fork = exec:touch /tmp/a',
      'attach-daemon = redis-server',
      'attach-control-daemon = tunnel',
      'cron = 0 3 -1 -1 -1 rm -rf /tmp/x',
      'curl-cron = 0 3 -1 -1 -1 http://x',
      'alarm = a cmd:mail',
      'log-alarm = a ERROR',
      'metric-threshold = key=core.total_tx,value=1,alarm=a',
      'metrics-dir = /run/metrics',
      'touch-reload = %p',
      'touch-exec = /tmp/x rm /tmp/y',
      'stats-push = statsd:127.0.0.1:8125',
      'logto = /var/log/shop.log',
      'req-logger = file:/var/log/req.log',
      'chown-socket = www-data',
      'cheaper = 2',
    ];
    const file = rehearsed(`http-socket = :8080\nprocesses = 8\n${lines.join('\n')}`);
    expect(reread(file).slice(3)).toEqual(['http-socket = 127.0.0.1:40001', 'processes = 2']);
    const leftOut = file.changes.filter(({ kind }) => kind === 'left-out');
    expect(leftOut.map(({ option }) => option)).toEqual(lines.map((line) => line.split(' ')[0]));
    expect(leftOut.every(({ why }) => why !== null)).toBe(true);
    expect(file.changes.find(({ option }) => option === 'processes')).toMatchObject({ kind: 'changed', instead: '2' });
  });

  it('carries values that fit into no line of an INI in files of their own', () => {
    const { resolved, applied } = screened('http-socket = :8080\nenv = A=1');
    const key = 'env';
    const value = 'KEY=-----\nline 2 100%\n';
    const odd = applied.map((item) => (item.key === key ? { key, value, origin: item.origin } : item));
    const file = writeRehearsal(resolved, odd, { folder: '/scratch', nextPort: () => 40_001, mostWorkers: 2 });
    expect(reread(file)).toContain('env = KEY=-----\nline 2 100%\n');
  });

  it('gives places in what the engine says back as places of the user', () => {
    const origins = [null, { file: PATH, line: 7 }, { file: 'command line', line: 0 }];
    const path = '/scratch/rehearsal.ini';
    expect(originsInText(`${path}:2: no such user`, path, origins)).toBe(`${PATH}:7: no such user`);
    expect(originsInText(`${path}:3: no`, path, origins)).toBe('command line: no');
    expect(originsInText(`${path}:1: and /x.py:2`, path, origins)).toBe(`${path}:1: and /x.py:2`);
  });
});

describe('what the engine makes of a configuration before it runs', () => {
  it('takes out the lines it does not support, one by one, and goes on with the rest', () => {
    const { applied, unsupported, errors } = screened(
      'http-socket = :8080\nchroot = /jail\nzerg = /tmp/z\nharakiri = 5',
    );
    expect(unsupported.map(({ option }) => `${option.key}:${option.origin.line}`)).toEqual(['chroot:3', 'zerg:4']);
    expect(errors).toEqual([]);
    expect(applied.map(({ key }) => key)).toEqual(['ini', 'http-socket', 'harakiri']);
  });

  it('finds an unknown option an error on the engine and a warning on uWSGI, which starts with it', () => {
    const lines = 'http-socket = :8080\nharakirri = 5';
    expect(screened(lines, 'engine').errors.map(({ code }) => code)).toEqual(['unknown-option']);
    const uwsgi = screened(lines, 'uwsgi');
    expect(uwsgi.errors).toEqual([]);
    expect(uwsgi.warnings.some(({ message }) => message.includes('harakirri'))).toBe(true);
  });

  it('reports values that stop the start with their lines', () => {
    const { errors, settings } = screened('http-socket = :8080\nchmod-socket = rwx');
    expect(settings).toBeNull();
    expect(errors[0]?.origin).toMatchObject({ file: PATH, line: 3 });
  });
});
