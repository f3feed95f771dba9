import { describe, expect, test } from 'vitest';
import { buildSettings } from './build-settings.ts';
import { formatConfigError } from './errors.ts';
import { resolveConfig } from './resolve.ts';
import type { EngineSettings } from './settings.ts';
import { memoryHost } from './test-host.ts';

function build(lines: string, env: Record<string, string> = {}) {
  const resolved = resolveConfig(['--ini', 'uwsgi.ini'], memoryHost({ 'uwsgi.ini': `[uwsgi]\n${lines}` }, env));
  if (!resolved.ok) throw new Error(resolved.errors.map(formatConfigError).join('\n'));
  return buildSettings(resolved);
}

/** Settings of a file that also has a listener. */
function settingsOf(lines: string, env: Record<string, string> = {}): EngineSettings {
  const built = build(`http-socket = :8080\n${lines}`, env);
  if (!built.ok) throw new Error(built.errors.map(formatConfigError).join('\n'));
  return built.settings;
}

/** Errors as the terminal shows them; empty when there are none. */
function errorsOf(lines: string, env: Record<string, string> = {}): string[] {
  const built = build(`http-socket = :8080\n${lines}`, env);
  return built.ok ? [] : built.errors.map(formatConfigError);
}

describe('settings', () => {
  test('of a usual production file', () => {
    const settings = settingsOf(`
socket = /run/shop.sock
chmod-socket = 664
master = true
processes = %(cpus * 2)
set-placeholder = cpus=%k
threads = 2
module = shop.wsgi:app
home = venv
pythonpath = lib
harakiri = 30
max-requests = 1000
touch-reload = reload.me
env = STAGE=live
env = URL=a=b
vacuum = 1
die-on-term`);
    expect(settings).toMatchObject({
      master: true,
      processes: 8,
      threads: 2,
      enableThreads: true,
      harakiri: { seconds: 30 },
      recycling: { maxRequests: 1000, minLifetimeSeconds: 10 },
      chmodSocket: 0o664,
      touches: [{ path: '/srv/app/reload.me', action: { type: 'reload' } }],
      env: [
        ['STAGE', 'live'],
        ['URL', 'a=b'],
      ],
      vacuum: true,
      dieOnTerm: true,
      app: {
        language: 'python',
        main: { type: 'module', name: 'shop.wsgi:app' },
        virtualenv: '/srv/app/venv',
        pythonpath: ['/srv/app/lib'],
      },
    });
    expect(settings.listeners.map(({ kind, address }) => [kind, address])).toEqual([
      ['http-socket', { type: 'tcp', host: '', port: 8080 }],
      ['uwsgi', { type: 'unix', path: '/run/shop.sock' }],
    ]);
  });

  test('take the last value of an option, under whichever of its names', () => {
    expect(settingsOf('processes = 2\nworkers = 4').processes).toBe(4);
    expect(settingsOf('workers = 4\nprocesses = 2').processes).toBe(2);
  });

  test('start relative paths in the folder of chdir, but log and pid file in the one it was started in', () => {
    const settings = settingsOf(
      'wsgi-file = app.py\nstats = s.sock\nmaster-fifo = f\npidfile = p.pid\nlogto = l.log\nchdir = sub',
    );
    expect(settings).toMatchObject({
      chdir: '/srv/app/sub',
      app: { main: { type: 'file', path: '/srv/app/sub/app.py', written: 'app.py' } },
      stats: [{ type: 'unix', path: '/srv/app/sub/s.sock' }],
      masterFifos: ['/srv/app/sub/f'],
      pidfile: '/srv/app/p.pid',
      logto: '/srv/app/l.log',
    });
  });

  test.for(['', ' = true', ' = 1', ' = yes', ' = on', ' = True'])('a switch "master%s" is on', (value) => {
    expect(settingsOf(`master${value}`).master).toBe(true);
  });

  test.for([' = false', ' = 0', ' = no', ' = OFF'])('a switch "master%s" is off', (value) => {
    expect(settingsOf(`master = true\nmaster${value}`).master).toBe(false);
  });

  test('a listen queue set by a placeholder is refused, as uWSGI reads it before placeholders', () => {
    expect(errorsOf('n = 5\nlisten = %(n)')[0]).toMatch(/uwsgi.ini:4: 'listen = %\(n\)' needs a whole number/);
  });

  test('keep-alive may be given without a number, and a word for it is explained', () => {
    expect(settingsOf('http-keepalive = 5').httpKeepaliveSeconds).toBe(5);
    expect(settingsOf('http-keepalive = 0').httpKeepaliveSeconds).toBe(0);
    expect(settingsOf('http-keepalive = 1').httpKeepaliveSeconds).toBe(60);
    expect(settingsOf('http-keepalive = 1\nhttp-timeout = 90').httpKeepaliveSeconds).toBe(90);
    const built = build('http = :80\nhttp-keepalive = true');
    expect(built.warnings.map(({ message }) => message)).toEqual([expect.stringContaining('uWSGI reads it as 0')]);
  });

  test('of a JavaScript application', () => {
    expect(settingsOf('js-app = app.mjs').app).toEqual({ language: 'javascript', file: '/srv/app/app.mjs' });
  });

  test('declared options mean what they stand for', () => {
    const settings = settingsOf('declare-option = web=wsgi-file=$1;callable=$2\nweb = shop.py app');
    expect(settings.app).toMatchObject({ main: { path: '/srv/app/shop.py' }, callable: 'app' });
  });

  test('protocol = http makes socket an HTTP listener, wherever it stands', () => {
    expect(settingsOf('socket = :3031\nprotocol = http').listeners[1]?.kind).toBe('http-socket');
    expect(settingsOf('uwsgi-socket = :3031\nprotocol = http').listeners[1]?.kind).toBe('uwsgi');
  });
});

describe('a wrong line is an error that names file and line', () => {
  test.for([
    ['procesess = 4', /uwsgi.ini:3: Unknown option 'procesess'. Did you mean 'processes'/],
    ['processes = abc', /uwsgi.ini:3: 'processes = abc' needs a whole number from 1 up/],
    ['processes = 0', /from 1 up/],
    ['harakiri = 30s', /'harakiri = 30s' needs a whole number from 0 up, without a unit/],
    ['vacuum = no ; never', /A comment needs a line of its own/],
    ['threads = true', /'threads = true' needs a whole number from 1 up/],
    ['master = maybe', /is a switch: write true or false/],
    ['socket = 127.0.0.1:web', /'web' in '127.0.0.1:web' is not a port/],
    ['socket = =0', /names a shared socket/],
    [`socket = /${'x'.repeat(200)}`, /too long for a unix socket/],
    ['socket = %(base)/x.sock', /The placeholder 'base' is not set/],
    ['socket = :$(PORT)', /The environment variable PORT is not set/],
    ['env = NAME', /needs NAME=value/],
    ['chmod-socket = 999', /octal file mode such as 660/],
    ['wsgi-file =', /needs a value/],
    ['propagate-touch = 1', /does not support the option 'propagate-touch'/],
    ['tornado = 10', /does not support the option 'tornado' of uWSGI's tornado plugin/],
    ['route-run = http:${NODE}', /only 'hash' may choose it/],
    [
      'route-run = hash:key=${REMOTE_ADDR},items=:81;:web,var=NODE\nroute-run = uwsgi:${NODE}',
      /may get ':web' from 'hash'/,
    ],
    ['rack = config.ru\nroute-run = rpc:hello', /the application is in Ruby/],
    ['route-run = setmodifier1:14', /the application is in .*Its modifier is 0/],
    ['rack = config.ru\nroute-run = setmodifier1:5', /the application is in Ruby.*Its modifier is 0 or 7/],
    ['http-socket-modifier1 = 5', /Name its application \('rack', 'psgi'/],
    ['mount = /shop=/srv/app.psgi', /puts Python applications under a path. Name the file with 'psgi'/],
    ['mount = /shop=config.ru', /Name the file with 'rack', and give it its path with 'map'/],
    ['need-plugins = python3,tornado', /has no plugin 'tornado'/],
    ['static-map /static=a', /Names have no blanks: is an '=' missing/],
    ['http-to = 10.0.0.9:3031', /another server's address/],
    ['js-app = a.mjs\nwsgi-file = a.py', /an instance runs one language/],
  ] as const)('%s', ([line, message]) => {
    expect(errorsOf(line).join('\n')).toMatch(message);
  });

  test('and all of them are told at once', () => {
    expect(errorsOf('processes = x\nvaccum = 1\npropagate-touch = 1')).toHaveLength(3);
  });

  test('a configuration without a listener says what to add', () => {
    const built = build('processes = 2');
    expect(built.ok ? [] : built.errors.map(({ code }) => code)).toEqual(['no-listener']);
    expect(build('mule = true\nstats = /tmp/s').ok).toBe(false);
  });

  test('without an application spoolers and mules still have the imports, the path and the virtual environment', () => {
    const built = build('http-socket = :1\nimport = tasks\nhome = /venv\npythonpath = /lib');
    const app = { main: null, mounts: [], imports: ['tasks'], virtualenv: '/venv', pythonpath: ['/lib'] };
    expect(built.ok ? built.settings.app : built.errors).toMatchObject(app);
    const nothing = build('http-socket = :1\nharakiri = 4');
    expect(nothing.ok ? nothing.settings.app : null).toEqual({ language: 'none' });
    expect(build('http-socket = :1\njs-app = a.mjs\npythonpath = /lib').ok).toBe(true);
  });

  test.each(['cron = 0 3 -1 -1 -1 nightly', 'spooler = /q', 'attach-daemon = redis-server', 'emperor = /vassals'])(
    '%s is work enough for a server without a listener and workers',
    (line) => {
      const built = build(`${line}\nprocesses = 4\ncheaper = 2`);
      expect(built.ok ? built.settings : built.errors).toMatchObject({ processes: 0, sockets: { gateways: 0 } });
    },
  );
});

describe('what is accepted', () => {
  test.for([
    ['names used as placeholders', 'base = /srv\nchdir = %(base)'],
    ['names given by set', 'set = colour=blue'],
    ['names asked for by if-opt', 'debug = 1\nif-opt = debug=1\nprocesses = 1\nendif ='],
    ['what the engine does not have, switched off', 'cheap = false\nlazy = 0'],
    ['plugins that are built in', 'plugins = python3, http,0:python,logfile,/usr/lib/uwsgi/python3_plugin.so'],
    [
      'plugins of all languages',
      'need-plugins = rack_ruby31,rbthreads,psgi,0:php,cgi,gevent,gevent_python311,emperor_pg',
    ],
    ['a server that hash chooses', 'route-run = hash:key=a,items=:81;:82,var=NODE\nroute-run = http:${NODE}'],
    ['a function of another server', 'rack = config.ru\nroute-run = rpc:hello@:81'],
    ['the modifier of the application in a route', 'rack = config.ru\nroute-run = setmodifier1:7'],
    ['a router that hands on to our own socket', 'socket = 127.0.0.1:3031\nhttp-to = 127.0.0.1:3031'],
    ['a router that hands on to our own socket on all interfaces', 'socket = :3031\nhttp-to = 127.0.0.1:3031'],
  ] as const)('%s', ([, lines]) => {
    expect(errorsOf(lines)).toEqual([]);
  });

  test('options without an effect come with their reason', () => {
    const built = build('http = :80\nthunder-lock = true\npost-buffering = 4096');
    expect(built.warnings.map(({ option, origin }) => `${option ?? ''}:${origin.line}`)).toEqual([
      'thunder-lock:3',
      'post-buffering:4',
    ]);
    expect(built.warnings[0]?.message).toMatch(/has no effect: .*workers never compete/);
  });

  test.for([
    ['max-requests = 1000   ; then a new one', 'maxRequests', 1000],
    ['reload-on-rss = 300 # MB', 'onRssBytes', 300 * 1024 * 1024],
    ['max-requests = true', 'maxRequests', 0],
  ] as const)('what uWSGI reads in a sloppy number counts, with a warning: %s', ([line, name, value]) => {
    const built = build(`http = :80\n${line}`);
    expect(built.ok ? built.settings.recycling[name] : built.errors).toBe(value);
    expect(built.warnings).toMatchObject([{ code: 'caution', origin: { line: 3 } }]);
  });

  test('a switch with a comment behind it is on', () => {
    const built = build('http = :80\nvacuum = true # tidy');
    expect(built.ok ? built.settings.vacuum : built.errors).toBe(true);
    expect(built.warnings[0]?.message).toMatch(/counts as true/);
  });

  test.for([
    ['base_dir = /srv', /Unknown option 'base_dir'. It does nothing/],
    ['app = shop', /Unknown option 'app'. It does nothing/],
    ['plugins = python3,sentry', /has no plugin 'sentry'.*goes on without/],
    ['honour-stdin = true', /has no effect/],
  ] as const)('what uWSGI passes over is a warning: %s', ([line, message]) => {
    const built = build(`http = :80\n${line}`);
    expect(built.ok).toBe(true);
    expect(built.warnings[0]?.message).toMatch(message);
  });

  test('an unknown UWSGI_ variable is a warning, since others use that prefix, too', () => {
    const resolved = resolveConfig(['--http', ':80'], memoryHost({}, { UWSGI_CHAEPER: '2', UWSGI_PROCESSES: '3' }));
    const built = resolved.ok ? buildSettings(resolved) : null;
    expect(built?.ok === true ? built.settings.processes : null).toBe(3);
    expect(built?.warnings[0]?.message).toMatch(/UWSGI_CHAEPER is no option.*'cheaper'/);
  });
});

test('an option that is not supported is to be left out of the command line, and its line removed from a file', () => {
  const resolved = resolveConfig(['--http-socket', ':8080', '--propagate-touch'], memoryHost({}));
  const built = resolved.ok ? buildSettings(resolved) : null;
  expect(built?.ok === false ? built.errors.map(({ hint }) => hint) : []).toEqual([
    'Leave it out, or run it on uWSGI.',
  ]);
  expect(errorsOf('propagate-touch = 1')).toEqual([
    expect.stringContaining('Remove the line, or run the file on uWSGI.'),
  ]);
});

function pythonAppOf(text: string) {
  const { app } = settingsOf(text);
  if (app.language !== 'python') throw new Error('no Python application');
  return app;
}

describe('Python applications', () => {
  test("come from one of several sources, in uWSGI's order; the others are named", () => {
    const built = build('http = :80\neval = x\nwsgi-file = a.py\nmodule = m');
    expect(built.ok && built.settings.app).toMatchObject({ main: { type: 'module', name: 'm' } });
    expect(built.warnings.map(({ option }) => option)).toEqual(['wsgi-file', 'eval']);
    expect(pythonAppOf('paste = config:site.ini\npaste-logger = true\nchdir = sub').main).toEqual({
      type: 'paste',
      uri: 'config:/srv/app/sub/site.ini',
      logging: true,
    });
  });

  test('are mounted as files or modules, each mountpoint once', () => {
    expect(pythonAppOf('mount = /a=a.py\nmount = /b/=pkg.mod:make()').mounts).toEqual([
      { mountpoint: '/a', source: { type: 'file', path: '/srv/app/a.py', written: 'a.py' } },
      { mountpoint: '/b/', source: { type: 'module', name: 'pkg.mod:make()' } },
    ]);
    expect(errorsOf('mount = /a=a.py\nmount = /a/=b.py')[0]).toContain('mounts a second application on /a/');
    expect(errorsOf('mount = /a')[0]).toContain('needs /path=file.py or /path=module:callable.');
  });

  test('have options whose odd values are refused', () => {
    expect(pythonAppOf('module = m\npyargv = one  "two three"').argv).toEqual(['one', '"two', 'three"']);
    expect(pythonAppOf('module = m\nthread-stacksize = 512').threadStackBytes).toBe(524_288);
    expect(errorsOf('optimize = 3')[0]).toContain('needs 0, 1 or 2.');
    expect(errorsOf('py-autoreload = soon')[0]).toContain('needs a whole number of seconds');
    expect(errorsOf('pymodule-alias = nothing')[0]).toContain('needs alias=module');
    expect(errorsOf(`py-tracebacker = /${'x'.repeat(110)}`)[0]).toContain('too long');
  });
});
