/**
 * Python processes over time: when a worker has had enough, when its code changed, where its threads stand, and that
 * none of them survives its master.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { descendants, EngineProcess, isRunning, waitFor } from './testing/engine-process.ts';

const APP = `
import os
import re
import threading
import time

import helper
import uwsgi

kept = []


def nap():
    open("napping", "w").close()
    while not os.path.exists("wake"):
        time.sleep(0.01)


def application(environ, start_response):
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    if path == "/grow":
        kept.append(b"x" * (int(query) * 1024 * 1024))
    elif path == "/raise":
        kind, _, text = query.replace("%20", " ").partition(":")
        raise {"ValueError": ValueError, "KeyError": KeyError}[kind](text)
    elif path == "/patient":
        uwsgi.set_user_harakiri(int(query))
        time.sleep(2.5)
    elif path == "/nap":
        nap()
    elif path == "/daemon":
        # Something that outlives the worker, as applications start it: forked without another program.
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                nap()
            os._exit(0)
    elif path == "/come-back":
        if os.fork() == 0:
            return []
    elif path == "/stuck":
        open("stuck", "w").close()
        # One call into C code that holds the interpreter's lock for longer than any test.
        re.match("(a+)+$", "a" * 60 + "b")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [("%d %s" % (os.getpid(), helper.WORD)).encode()]
`;

const engines: EngineProcess[] = [];

async function start(ini: string, files: Record<string, string> = {}): Promise<EngineProcess> {
  const engine = await launch(ini, files);
  await engine.seen('Reeve is ready');
  return engine;
}

async function launch(ini: string, files: Record<string, string> = {}): Promise<EngineProcess> {
  const engine = await EngineProcess.launch({
    ini: `master = true\nmodule = app\n${ini}`,
    files: { 'app.py': APP, 'helper.py': 'WORD = "one"\n', ...files },
  });
  engines.push(engine);
  return engine;
}

async function pidOf(engine: EngineProcess): Promise<string> {
  return (await engine.get('/')).body.split(' ')[0] ?? '';
}

async function word(engine: EngineProcess): Promise<string> {
  return (await engine.get('/')).body.split(' ')[1] ?? '';
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

describe('a worker is replaced', () => {
  it('when its memory has reached reload-on-rss at the end of a request', async () => {
    const engine = await start('reload-on-rss = 150\nmin-worker-lifetime = 0\n');
    const first = await pidOf(engine);
    expect((await engine.get('/grow?10')).body).toMatch(first);
    expect((await engine.get('/grow?200')).body).toMatch(first);
    await engine.seen(`...The work of process ${first} is done (memory limit reached (rss `);
    await waitFor('another worker', async () => (await pidOf(engine)) !== first);
  });

  it('after an exception of a type, text or both that reload-on-exception-* name, however young it is', async () => {
    const engine = await start(
      'reload-on-exception-type = KeyError\nreload-on-exception-value = bad text\nreload-on-exception-repr = ValueError: bad pair\n',
    );
    for (const query of ['KeyError:any', 'ValueError:bad%20text', 'ValueError:bad%20pair']) {
      const pid = await pidOf(engine);
      expect((await engine.get('/raise?ValueError:harmless')).status).toBe(500);
      expect(await pidOf(engine)).toBe(pid);
      expect((await engine.get(`/raise?${query}`)).status).toBe(500);
      await waitFor('another worker', async () => (await pidOf(engine)) !== pid);
    }
  });
});

describe('uwsgi.set_user_harakiri()', () => {
  it('spares a request that harakiri would end', async () => {
    const engine = await start('harakiri = 1\nprocesses = 2\n');
    const answers = await Promise.all([engine.get('/patient?0'), engine.get('/patient?30')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(engine.log).not.toContain('HARAKIRI');
  });
});

describe('py-autoreload', () => {
  it('reloads when the file of an imported module changes, and survives code that is broken meanwhile', async () => {
    const engine = await start(
      'py-autoreload = 1\npy-auto-reload-ignore = ignored\nprocesses = 2\nimport = ignored\n',
      {
        'ignored.py': 'NOTHING = 0\n',
      },
    );
    expect(await word(engine)).toBe('one');
    engine.write('ignored.py', 'NOTHING = 100\n');
    engine.write('helper.py', 'WORD = "second"\n');
    await engine.seen('[uwsgi-python-reloader] module/file ');
    expect(engine.log).toContain('helper.py has been modified');
    expect(engine.log).not.toContain('ignored.py has been modified');
    await waitFor('the new code', async () => (await word(engine)) === 'second');
    engine.write('helper.py', 'WORD = \n');
    await engine.seen('SyntaxError');
    expect(await word(engine)).toBe('second');
    engine.write('helper.py', 'WORD = "third time"\n');
    await waitFor('the repaired code', async () => (await word(engine)) === 'third');
  });

  it('loads an application that could not be loaded when the file is mended in which that failed', async () => {
    const engine = await start('py-autoreload = 1\n', { 'helper.py': 'import no_such_module\n' });
    await engine.seen('no application loaded');
    engine.write('helper.py', 'WORD = "mended"\n');
    await waitFor('the mended code', async () => (await word(engine)) === 'mended');
  });
});

describe('py-tracebacker', () => {
  it('shows where every thread of a worker stands, and leaves no socket behind', async () => {
    const engine = await start('py-tracebacker = {FOLDER}/trace\nthreads = 2\n');
    await engine.seen(`python tracebacker for worker 1 available on ${engine.path('trace1')}`);
    const answer = engine.get('/nap');
    await waitFor('a request', () => readdirSync(engine.folder).includes('napping'));
    const lines = (await readAll(engine.path('trace1'))).split('\n');
    engine.write('wake', '');
    await answer;
    expect(lines.slice(0, 2)).toEqual(['*** uWSGI Python tracebacker output ***', '']);
    expect(lines.slice(2, 4).map((line) => line.replace(/Core\d/, 'CoreN'))).toEqual([
      expect.stringMatching(
        /^thread_id = uWSGIWorker1CoreN filename = .*app\.py lineno = \d+ function = application line = nap\(\)$/,
      ),
      expect.stringMatching(/^thread_id = uWSGIWorker1CoreN filename = .*app\.py lineno = \d+ function = nap line = /),
    ]);
    expect(lines.slice(4)).toEqual(['', '']);
    engine.signal('SIGINT');
    await engine.exited;
    expect(readdirSync(engine.folder).filter((name) => name.startsWith('trace'))).toEqual([]);
  });

  it('leaves no socket of a worker either that was cut in its request', async () => {
    const engine = await start('py-tracebacker = {FOLDER}/trace\n');
    await engine.seen(`python tracebacker for worker 1 available on ${engine.path('trace1')}`);
    const answer = engine.get('/nap').catch(() => null);
    await waitFor('a request', () => readdirSync(engine.folder).includes('napping'));
    engine.signal('SIGINT');
    await Promise.all([engine.exited, answer]);
    expect(readdirSync(engine.folder).filter((name) => name.startsWith('trace'))).toEqual([]);
  });
});

describe('catch-exceptions', () => {
  it('shows the traceback and the variables of the request to the client', async () => {
    const engine = await start('catch-exceptions = true\n');
    const { status, body } = await engine.get('/raise?ValueError:shown');
    expect(status).toBe(500);
    expect(body).toMatch(/^Traceback \(most recent call last\):[^]*ValueError: shown\n\n[^]*PATH_INFO = \/raise\n/);
  });
});

describe('when the master is killed', () => {
  it('the zygote and its workers end, also one that is stuck in C code', async () => {
    const engine = await start('processes = 2\n');
    const lost = engine.get('/stuck').catch(() => null);
    await waitFor('a stuck worker', () => readdirSync(engine.folder).includes('stuck'));
    await killMaster(engine);
    await lost;
  });

  it.for(['', 'lazy-apps = true\n'])('processes that import the application end (%s)', async (ini) => {
    const engine = await launch(ini, {
      'helper.py': 'import re\nopen("importing", "w").close()\nre.match("(a+)+$", "a" * 60 + "b")\n',
    });
    await waitFor('the import', () => readdirSync(engine.folder).includes('importing'));
    await killMaster(engine);
  });
});

async function readAll(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}

/** Kills the master, and fails when one of its processes survives that. */
async function killMaster(engine: EngineProcess): Promise<void> {
  const family = descendants(engine.pid);
  expect(family.length).toBeGreaterThan(0);
  engine.signal('SIGKILL');
  await engine.exited;
  try {
    await waitFor('the end of its processes', () => family.every((pid) => !isRunning(pid)));
  } finally {
    for (const pid of family) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
    for (const name of readdirSync(tmpdir())) {
      if (name.startsWith(`reeve-engine-${engine.pid}-`)) rmSync(join(tmpdir(), name), { recursive: true });
    }
  }
}

describe('children that an application forks', () => {
  it('hold nothing of their worker: when it is killed, another one answers', async () => {
    const engine = await start('processes = 1');
    const pid = await pidOf(engine);
    await engine.get('/daemon', { fresh: true });
    await waitFor('the daemon', () => readdirSync(engine.folder).includes('napping'));
    process.kill(Number(pid), 'SIGKILL');
    await engine.seen(`(pid: ${pid}) was killed`);
    const answer = await engine.get('/', { fresh: true });
    expect(answer.status).toBe(200);
    expect(answer.body.split(' ')[0]).not.toBe(pid);
    writeFileSync(join(engine.folder, 'wake'), '');
  });

  it('end when they come back from the request that forked them', async () => {
    const engine = await start('processes = 1');
    const pid = await pidOf(engine);
    await engine.get('/come-back', { fresh: true });
    expect(await pidOf(engine)).toBe(pid);
    await waitFor('the end of the child', () => descendants(Number(pid)).every((child) => !isRunning(child)));
  });
});
