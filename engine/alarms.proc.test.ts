/** Alarms of a running engine: what raises them, what they do, and that none feeds on itself. */
import { afterEach, describe, expect, it } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const APP = `
import os, signal, sys, time
import uwsgi

uwsgi.register_signal(9, "mule9", print)
uwsgi.register_signal(17, "worker", lambda number: print("handled", number, "in worker", uwsgi.worker_id(), flush=True))

def application(environ, start_response):
    path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
    if path == "/alarm":
        uwsgi.alarm("keep", query)
    elif path == "/print":
        print(query, flush=True)
    elif path == "/flood":
        for number in range(int(query)):
            print("FLOOD", number, flush=True)
    elif path == "/crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif path == "/sleep":
        time.sleep(float(query))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]
`;

const MULE = `
import uwsgi
while True:
    print("the mule got", uwsgi.mule_get_msg(), flush=True)
`;

const engines: EngineProcess[] = [];

async function start(ini: string, more: { starter?: string[] } = {}): Promise<EngineProcess> {
  const engine = await EngineProcess.start({
    ini: `wsgi-file = app.py\nmaster = true\nalarm = keep cmd:echo "$(cat)" >> kept\n${ini}`,
    files: { 'app.py': APP, 'mule.py': MULE },
    ...more,
  });
  engines.push(engine);
  return engine;
}

function keptOf(engine: EngineProcess): string[] {
  return engine.read('kept').split('\n').filter(Boolean);
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

describe('an alarm', () => {
  it('is raised by the application and by hooks, cut to its length, and shows in the statistics', async () => {
    const engine = await start(`
alarm-msg-size = 20
alarm-list = true
hook-as-user = alarm:keep from the master
hook-post-fork = alarm:keep from the worker`);
    expect(engine.log).toContain('*** alarms: cmd, log, mule, signal ***');
    await engine.get('/alarm?from-the-application-which-says-more');
    await waitFor('the texts', () => keptOf(engine).length === 3);
    expect(keptOf(engine).sort()).toEqual(['from the master', 'from the worker', 'from-the-application'].sort());
    const alarms = (await engine.stats()).reeve?.alarms;
    expect(alarms).toMatchObject([
      { name: 'keep', action: 'cmd:echo "$(cat)" >> kept', raised: 3, last_message: 'from-the-application' },
    ]);
    expect(alarms?.[0]?.last).toBeGreaterThan(Date.now() / 1000 - 60);
  });

  it('is raised by lines that the application prints, and by request lines, unless they are spared', async () => {
    const engine = await start(`
not-log-alarm = keep harmless
log-alarm = keep TROUBLE`);
    await engine.get('/print?TROUBLE-harmless');
    await engine.get('/print?TROUBLE-one');
    await engine.seen('GET /print?TROUBLE-one');
    await waitFor('both lines', () => keptOf(engine).length === 2);
    const [first, second] = keptOf(engine).sort((a, b) => a.length - b.length);
    expect(first).toBe('TROUBLE-one');
    expect(second).toContain('GET /print?TROUBLE-one');
  });

  it('is not raised by what alarms write and print themselves', async () => {
    const engine = await start(`
disable-logging = true
alarm = loud log:
alarm = echo cmd:cat; echo TROUBLE again
log-alarm = loud,echo TROUBLE`);
    await engine.get('/print?TROUBLE');
    await engine.seen('ALARM: TROUBLE');
    await engine.seen('TROUBLE again');
    // Whatever those lines had raised would have come before this one's.
    await engine.get('/print?TROUBLE-two');
    await engine.seen('ALARM: TROUBLE-two');
    await engine.seen('TROUBLE again', 2);
    const { reeve } = await engine.stats();
    expect(reeve?.alarms?.map(({ name, raised }) => [name, raised])).toEqual([
      ['keep', 0],
      ['loud', 2],
      ['echo', 2],
    ]);
  });

  it('that is a signal for nobody does not feed on what the log says of it', async () => {
    const engine = await start(`
alarm-freq = 0
disable-logging = true
alarm = nowhere signal:9
log-alarm = nowhere TROUBLE|signal 9`);
    await engine.get('/print?TROUBLE');
    await engine.seen('signal 9 has nowhere to go');
    await engine.get('/print?TROUBLE');
    await engine.seen('signal 9 has nowhere to go', 2);
    expect((await engine.stats()).reeve?.alarms?.[1]?.raised).toBe(2);
  });

  it('that a flood of lines raises starts some of its commands only, says so, and holds nobody up', async () => {
    const engine = await start('log-alarm = keep ^FLOOD');
    expect((await engine.get('/flood?1000')).status).toBe(200);
    await engine.seen('alarm keep: ');
    expect(engine.log).toMatch(/of its commands (run|were started in a second); more are left out/);
    await engine.seen('FLOOD 999');
    await waitFor('a command', () => keptOf(engine).length > 0);
    expect(keptOf(engine).length).toBeLessThan(500);
  });

  it('with the same text is raised again when its time is over only', async () => {
    const engine = await start('alarm-freq = 600');
    for (const text of ['same', 'same', 'other', 'same']) await engine.get(`/alarm?${text}`);
    await waitFor('the texts', () => keptOf(engine).length >= 3);
    expect(keptOf(engine).sort()).toEqual(['other', 'same', 'same']);
  });

  it('is raised when a worker crashes and when the queue is full', async () => {
    const engine = await start(`
processes = 1
listen = 1
alarm-segfault = keep
alarm-backlog = keep`);
    const [worker] = (await engine.stats()).workers;
    expect((await engine.get('/crash', { fresh: true })).status).toBe(502);
    await waitFor('the crash', () => keptOf(engine)[0]);
    expect(keptOf(engine)[0]).toBe(`*** worker 1 (pid: ${worker?.pid}) has crashed (SIGSEGV) ***`);
    const slow = Array.from({ length: 4 }, async () => engine.get('/sleep?1.2', { fresh: true }));
    await waitFor('the full queue', () => keptOf(engine)[1]);
    expect(keptOf(engine)[1]).toMatch(/^\*\*\* the listen queue is full: \d+ requests wait \*\*\*$/);
    await Promise.all(slow);
  });

  it('is a signal for whoever handles it, and a message for a mule', async () => {
    const engine = await start(`
mule = mule.py
alarm = number signal:17
alarm = told mule:1
alarm = lost mule:5
hook-accepting = alarm:number x
hook-post-app = alarm:told to a mule
hook-as-user = alarm:lost nobody`);
    await engine.seen('handled 17 in worker 1');
    await engine.seen("the mule got b'to a mule'");
    await engine.seen('alarm lost: there is no mule to tell "nobody"');
  });

  it('is raised when a descriptor can be read', async () => {
    const engine = await start('alarm-fd = keep 8:5\nalarm-fd = keep 9', {
      starter: ['/bin/sh', '-c', 'mkfifo line; exec 8<>line 9</dev/null "$0" "$@"'],
    });
    await engine.seen('*** alarm-fd: descriptor 9 can not be watched (it is neither a pipe nor a socket) ***');
    engine.write('line', 'hello');
    await waitFor('the bytes', () => keptOf(engine)[0] === 'hello');
  });
});
