/**
 * Which Python applications a worker loads, and which of them a request is for. What is expected where uWSGI loads or
 * chooses was seen with uWSGI 2.0.21.
 */
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const engines: EngineProcess[] = [];

/** Answers `module SCRIPT_NAME PATH_INFO`. */
const APP = `
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    text = "%s %r %r" % (__name__, environ.get("SCRIPT_NAME"), environ.get("PATH_INFO"))
    return [text.encode("latin-1")]


other = application


def make():
    return application
`;
const FILES = { 'one.py': APP, 'two.py': APP, 'three.py': APP };

async function start(ini: string, files: Record<string, string> = {}): Promise<EngineProcess> {
  const engine = await EngineProcess.start({ ini: `master = true\n${ini}`, files: { ...FILES, ...files } });
  engines.push(engine);
  return engine;
}

async function launch(ini: string, files: Record<string, string> = {}): Promise<EngineProcess> {
  const engine = await EngineProcess.launch({ ini: `master = true\n${ini}`, files: { ...FILES, ...files } });
  engines.push(engine);
  return engine;
}

/** The body of the answer to a uwsgi packet with these variables. */
async function ask(engine: EngineProcess, vars: Record<string, string>): Promise<string> {
  const all = { REQUEST_METHOD: 'GET', REQUEST_URI: '/', SERVER_PROTOCOL: 'HTTP/1.1', ...vars };
  const pairs = Object.entries(all).flatMap(([name, value]) => [name, value]);
  const block = Buffer.concat(
    pairs.map((text) => {
      const bytes = Buffer.from(text);
      return Buffer.concat([Buffer.from([bytes.length & 255, bytes.length >> 8]), bytes]);
    }),
  );
  return new Promise((resolve, reject) => {
    const socket = connect(engine.path('uwsgi.sock'));
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('end', () => resolve(answer.slice(answer.indexOf('\r\n\r\n') + 4)));
    socket.write(Buffer.concat([Buffer.from([0, block.length & 255, block.length >> 8, 0]), block]));
  });
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

const MOUNTS =
  'socket = {FOLDER}/uwsgi.sock\nmount = /a=one.py\nmount = /b=two:other\nmount = /a/deep=three:make()\nmount = /c/=two.py\nmount = named=three\n';

describe('several applications', () => {
  it('are chosen by the longest mountpoint in front of the path with manage-script-name, and counted apart', async () => {
    const engine = await start(`${MOUNTS}manage-script-name = true\n`);
    const expected = {
      '/': "uwsgi_file_one '' '/'",
      '/a': "uwsgi_file_one '/a' ''",
      '/a/': "uwsgi_file_one '/a' '/'",
      '/a/x?y=/b': "uwsgi_file_one '/a' '/x'",
      '/a//x': "uwsgi_file_one '/a' '//x'",
      '/ab': "uwsgi_file_one '' '/ab'",
      '/a/deep': "three '/a/deep' ''",
      '/a/deep/y': "three '/a/deep' '/y'",
      '/a/deeper': "uwsgi_file_one '/a' '/deeper'",
      '/%62/%c3%a9': "two '/b' '/é'",
      '/c': "uwsgi_file_two '/c' ''",
      '/c/x': "uwsgi_file_two '/c' '/x'",
      '/none': "uwsgi_file_one '' '/none'",
    };
    for (const [path, body] of Object.entries(expected)) {
      const answer = await engine.get(path);
      expect([path, answer.body]).toEqual([path, body]);
    }
    const { apps } = await engine.worker(1);
    expect(apps.map(({ id, mountpoint, requests }) => [id, mountpoint, requests])).toEqual([
      [0, '/a', 8],
      [1, '/b', 1],
      [2, '/a/deep', 2],
      [3, '/c/', 2],
      [4, 'named', 0],
    ]);
    await engine.seen('|app: 2|req: 2/8] 127.0.0.1 ');
    expect(engine.log).toContain("WSGI app 3 (mountpoint='/c/') ready in 0 seconds");
    expect(await ask(engine, { PATH_INFO: '/none' })).toBe("uwsgi_file_one '' '/none'");
  });

  it('are chosen by SCRIPT_NAME of the front server, or by UWSGI_APPID', async () => {
    const engine = await start(MOUNTS);
    expect(await ask(engine, { SCRIPT_NAME: '/b', PATH_INFO: '/x' })).toBe("two '/b' '/x'");
    expect(await ask(engine, { SCRIPT_NAME: '/b', PATH_INFO: '/a/x' })).toBe("two '/b' '/a/x'");
    expect(await ask(engine, { SCRIPT_NAME: '/bb', PATH_INFO: '/x' })).toBe("uwsgi_file_one '/bb' '/x'");
    expect(await ask(engine, { PATH_INFO: '/b/x' })).toBe("uwsgi_file_one None '/b/x'");
    expect(await ask(engine, { UWSGI_APPID: 'named', SCRIPT_NAME: '/b', PATH_INFO: '/x' })).toBe("three '/b' '/x'");
  });

  it('need not be several for manage-script-name to give a SCRIPT_NAME', async () => {
    const engine = await start('socket = {FOLDER}/uwsgi.sock\nmodule = one\nmanage-script-name = true\n');
    expect(await ask(engine, { PATH_INFO: '/x' })).toBe("one '' '/x'");
  });

  it('leave requests for none of them to the first, unless there is no-default-app', async () => {
    const engine = await start(`${MOUNTS}no-default-app = true\nmanage-script-name = true\n`);
    expect((await engine.get('/b/x')).body).toBe("two '/b' '/x'");
    expect((await engine.get('/none')).status).toBe(500);
    await engine.seen('--- no python application found');
    await engine.seen('|app: -1|');
  });

  it('serve on when one of them cannot be loaded; once it was there, a reload without it is given up', async () => {
    const ini = 'module = one\nmount = /b=broken.py\nmanage-script-name = true\n';
    const engine = await start(ini, { 'broken.py': 'import nowhere\n' });
    expect(engine.log).toContain("ModuleNotFoundError: No module named 'nowhere'");
    expect(engine.log).toContain("The application at mountpoint '/b' can not be loaded: see above.");
    expect((await engine.get('/b')).body).toBe("one '' '/b'");
    engine.write('broken.py', APP);
    engine.signal('SIGHUP');
    await waitFor('the mounted application', async () => (await engine.get('/b')).body === "uwsgi_file_broken '/b' ''");
    engine.write('broken.py', 'raise ValueError("broken again")\n');
    engine.signal('SIGHUP');
    await engine.seen('ValueError: broken again');
    await engine.seen('reload');
    expect((await engine.get('/b')).body).toBe("uwsgi_file_broken '/b' ''");
  });
});

describe('an application', () => {
  it.for([
    ['eval = import one; application = one.other', "one '' '/'"],
    ['module = one:make()', "one '' '/'"],
    ['module = one\ncallable = make()', "one '' '/'"],
    ['wsgi-file = one.py\ncallable = other', "uwsgi_file_one '' '/'"],
    ['wsgi-file = one.py\nmodule = two', "two '' '/'"],
    ['mount = /=two.py\nmanage-script-name = true', "uwsgi_file_two '' '/'"],
  ])('of "%s" is found', async ([ini, body]) => {
    const engine = await start(`${ini}\n`);
    expect((await engine.get('/')).body).toBe(body);
  });

  it('of PasteDeploy is loaded from its file, with the logging that it configures', async () => {
    const deploy = 'import two\n\ndef loadapp(uri):\n    print("loadapp", uri)\n    return two.application\n';
    const engine = await launch('paste = config:site.ini\npaste-logger = true\n', {
      'site.ini':
        '[loggers]\nkeys = root\n[handlers]\nkeys = out\n[formatters]\nkeys =\n[logger_root]\nlevel = INFO\nhandlers = out\n[handler_out]\nclass = StreamHandler\nargs = ()\n',
    });
    await engine.seen("'paste' needs the package PasteDeploy, which can not be imported: No module named 'paste'");
    engine.write(
      'sitecustomize.py',
      `import sys, types\nsys.modules["paste"] = types.ModuleType("paste")\nsys.modules["paste.deploy"] = m = types.ModuleType("paste.deploy")\nexec(${JSON.stringify(deploy)}, m.__dict__)\n`,
    );
    engine.writeIni('master = true\npaste = config:site.ini\npaste-logger = true\nshared-import = sitecustomize.py\n');
    engine.signal('SIGHUP');
    await engine.seen(`loadapp config:${engine.path('site.ini')}`);
    await waitFor('the application', async () => (await engine.get('/')).body === "two '' '/'");
  });

  it("is preceded by aliases and imports in uWSGI's order, and a failing import changes nothing", async () => {
    const say = 'print("imported", __name__, flush=True)\n';
    const engine = await start(
      'import = i1\nimport = ./i2.py\nshared-import = s1\nshared-import = s2.py\nimport = nowhere\npost-pymodule-alias = late=./i1.py\npymodule-alias = early=s1\nwsgi-file = app.py\npyargv = one two\npy-executable = /opt/python\n',
      {
        'app.py': `import sys\nimport early, late\nprint("imported", early.__name__, late.__name__, sys.argv, sys.executable)\n${APP}`,
        'i1.py': say,
        'i2.py': say,
        's1.py': say,
        's2.py': say,
      },
    );
    expect(engine.log.match(/imported .*/g)).toEqual([
      'imported s1',
      'imported s2',
      'imported i1',
      'imported __i2',
      'imported late',
      "imported s1 late ['uwsgi', 'one', 'two'] /opt/python",
    ]);
    expect(engine.log).toContain("No module named 'nowhere'");
  });

  it('runs under the interpreter as the configuration wants it', async () => {
    const app =
      'import sys\n\ndef application(environ, start_response):\n    """A docstring."""\n    start_response("200 OK", [])\n    return [repr((application.__doc__, "site" in sys.modules, "wsgi.file_wrapper" in environ)).encode()]\n';
    const engine = await start('wsgi-file = app.py\noptimize = 2\nno-site = true\nwsgi-disable-file-wrapper = true\n', {
      'app.py': app,
    });
    expect((await engine.get('/')).body).toBe('(None, False, False)');
  });

  it('that is not there ends the start with need-app, and every request otherwise', async () => {
    const engine = await launch('need-app = true\nmount = /a=nowhere:app\nmount = /b=one:nothing\n');
    expect(await engine.exited).toBe(22);
    expect(engine.log).toContain(
      "'nothing' is not defined in one:nothing; name the WSGI callable with the option 'callable'",
    );
    const tolerant = await start('module = nowhere\n');
    expect((await tolerant.get('/')).status).toBe(500);
    expect(tolerant.log).toContain('no application loaded');
  });

  it('does not start under gevent where the interpreter has none', async () => {
    const engine = await launch('need-app = true\nmodule = one\ngevent = 4\nno-site = true\n');
    expect(await engine.exited).toBe(22);
    expect(engine.log).toMatch(/'gevent' is not installed for \/\S*python\S*: No module named 'gevent'/);
  });

  it('of the other interface is told at its start', async () => {
    const files = {
      'a.py': 'async def app(scope, receive, send):\n    pass\n',
      'w.py': 'class App:\n    def __call__(self, environ, start_response):\n        return []\napp = App()\n',
    };
    const wrong = await start('module = a:app\n', files);
    expect(wrong.log).toContain("This is an ASGI application: name it with 'asgi'");
    const asgi = await start('asgi = w:app\n', files);
    expect(asgi.log).toContain("This is a WSGI application: name it with 'module'");
    expect(asgi.log).toContain("ASGI app 0 (mountpoint='') ready");
    const right = await start('asgi = a:app\n', files);
    expect(right.log).not.toContain('This is a');
  });
});
