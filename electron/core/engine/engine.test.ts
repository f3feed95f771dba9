import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { guessLevel } from '../logs/line-level.ts';
import { failureText, LOG_LINES, LogRing } from '../logs/log-ring.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { EngineRunner } from './engine-runner.ts';
import { FileTail } from './file-tail.ts';
import { initialRunner, type RunnerEvent, type RunnerState, type RunnerStep, stepRunner } from './runner-machine.ts';

function play(...events: RunnerEvent[]): RunnerStep {
  let step: RunnerStep = { state: initialRunner(), effects: [] };
  for (const event of events) step = stepRunner(step.state, event, 1000);
  return step;
}
const exited = (code: number | null, text = '', signal: string | null = null): RunnerEvent => ({
  type: 'exited',
  code,
  text,
  signal,
});
const up: RunnerEvent[] = [{ type: 'start' }, { type: 'spawned', pid: 7 }, { type: 'answered' }];
const bytes = (text: string): Buffer => Buffer.from(text);

describe('a bundled engine', () => {
  it('runs once its stats address answers', () => {
    expect(play({ type: 'start' })).toMatchObject({ state: { status: 'starting' }, effects: [{ type: 'spawn' }] });
    expect(play(...up).state).toMatchObject({ status: 'running', pid: 7, startedAtMs: 1000 });
  });

  it('that ends while it starts has failed, with what it said last', () => {
    const { state } = play({ type: 'start' }, { type: 'spawned', pid: 7 }, exited(1, 'port 8080 is in use'));
    expect(state).toMatchObject({ status: 'failed', error: 'port 8080 is in use', pid: null, wanted: 'stopped' });
  });

  it('that ends while it runs has failed, and by a signal that is named', () => {
    const step = play(...up, exited(null, '', 'SIGKILL'));
    expect(step.state).toMatchObject({
      status: 'failed',
      error: 'The engine ended (signal SIGKILL) without saying why.',
    });
  });

  it('that is stopped is interrupted first and killed after its mercy', () => {
    const stopping = play(...up, { type: 'stop' });
    expect(stopping.effects).toEqual([{ type: 'interrupt' }, { type: 'armMercy' }]);
    expect(play(...up, { type: 'stop' }, { type: 'mercyOver' }).effects).toContainEqual({ type: 'kill' });
    expect(play(...up, { type: 'stop' }, exited(0)).state).toMatchObject({ status: 'stopped', error: null });
    expect(play(...up, { type: 'stop' }, exited(0), { type: 'mercyOver' }).effects).toEqual([]);
  });

  it('that is restarted stops and starts again', () => {
    const step = play(...up, { type: 'restart' }, exited(0));
    expect(step.state).toMatchObject({ status: 'starting', wanted: 'running' });
    expect(step.effects).toContainEqual({ type: 'spawn' });
  });

  it('that is started while it stops comes back, and one that is stopped while it restarts does not', () => {
    expect(play(...up, { type: 'stop' }, { type: 'start' }, exited(0)).state.status).toBe('starting');
    expect(play(...up, { type: 'restart' }, { type: 'stop' }, exited(0)).state.status).toBe('stopped');
  });

  it('answers each event in each state', () => {
    const events: RunnerEvent[] = [
      { type: 'start' },
      { type: 'stop' },
      { type: 'restart' },
      { type: 'spawned', pid: 1 },
      { type: 'answered' },
      exited(0),
      exited(1),
      { type: 'mercyOver' },
    ];
    const statuses: RunnerState['status'][] = ['stopped', 'starting', 'running', 'stopping', 'failed'];
    for (const status of statuses) {
      for (const event of events) {
        const { state, effects } = stepRunner({ ...initialRunner(), status, pid: 1 }, event, 0);
        expect(statuses).toContain(state.status);
        if (effects.some((effect) => effect.type === 'spawn')) expect(state.status).toBe('starting');
      }
    }
  });
});

describe('the runner of an engine', () => {
  it('starts nothing any more once it is disposed', async () => {
    const prepare = vi.fn(async () => Promise.reject(new Error('not wanted')));
    const runner = new EngineRunner({
      clock: new ManualClock(),
      prepare,
      spawn: () => {
        throw new Error('not wanted');
      },
      drainLog: async () => {},
      onState: () => {},
      onLines: () => {},
    });
    await runner.dispose();
    runner.start();
    runner.restart();
    expect(runner.state.status).toBe('stopped');
    expect(prepare).not.toHaveBeenCalled();
  });
});

describe('the log of an engine', () => {
  it('is cut into numbered lines wherever the bytes are cut', () => {
    const text = 'one\ntwo ünï\r\nthree';
    for (let cut = 0; cut <= bytes(text).length; cut += 1) {
      const ring = new LogRing();
      const lines = [
        ...ring.push(bytes(text).subarray(0, cut), 1),
        ...ring.push(bytes(text).subarray(cut), 1),
        ...ring.end(2),
      ];
      expect(lines.map(({ seq, text }) => `${seq} ${text}`)).toEqual(['1 one', '2 two ünï', '3 three']);
    }
  });

  it('keeps its newest lines and cuts endless ones', () => {
    const ring = new LogRing();
    ring.push(bytes(Array.from({ length: LOG_LINES * 1.2 }, (_, i) => `line ${i}\n`).join('')), 0);
    const kept = ring.read(LOG_LINES);
    expect(kept).toHaveLength(LOG_LINES);
    expect(kept.at(-1)?.seq).toBe(LOG_LINES * 1.2);
    expect(ring.push(bytes('x'.repeat(100_000)), 0).every((line) => line.text.length <= 16_100)).toBe(true);
  });

  it.each([
    [
      '[pid: 12|app: 0|req: 1/1] 127.0.0.1 () {28 vars in 286 bytes} [Sun Nov 22 06:40:40 2026] GET / => generated 2 bytes',
      'request',
    ],
    ['{address space usage: 1 bytes/0MB} {rss usage: 1 bytes/0MB} [pid: 12|app: 0|req: 1/1] GET /error', 'request'],
    ['{"m":"GET","u":"/error","s":500,"t":1,"ua":"-"}', 'request'],
    ['10.0.0.1 - - [22/Nov/2026:06:40:40 +0000] "GET /failed HTTP/1.1" 200 12 "-" "curl"', 'request'],
    ['{"level":"error","message":"no such table"}', 'error'],
    ['*** HARAKIRI ON WORKER 1 (pid: 7, try: 1) ***', 'error'],
    ['ImportError: no module named shop', 'error'],
    ['can not bind 127.0.0.1:8080: it is in use', 'error'],
    ['*** WARNING: you are running as root ***', 'warning'],
    ['spawned worker 1 (pid: 7, cores: 1)', 'info'],
    ['errors are shown on this page', 'info'],
  ])('takes "%s" for %s', (text, level) => {
    expect(guessLevel(text)).toBe(level);
  });

  it('knows a traceback from its first line to the exception', () => {
    const ring = new LogRing();
    const lines = ring.push(
      bytes('Traceback (most recent call last):\n  File "app.py", line 1\n    import shop\nKeyError: 1\nready\n'),
      0,
    );
    expect(lines.map((line) => line.level)).toEqual(['error', 'error', 'error', 'error', 'info']);
  });

  it('gives the last traceback as the reason of a failure', () => {
    const ring = new LogRing();
    ring.push(
      bytes(
        'starting\nTraceback (most recent call last):\n  File "app.py", line 1\nKeyError: 1\nno app could be loaded\nstopping\ngoodbye from Reeve.\n',
      ),
      0,
    );
    expect(failureText(ring.read(100))).toBe(
      'Traceback (most recent call last):\n  File "app.py", line 1\nKeyError: 1\nno app could be loaded',
    );
  });
});

describe('the reason of a failure without a traceback', () => {
  it('leaves out what the engine says of itself', () => {
    const ring = new LogRing();
    ring.push(
      bytes(
        '[uWSGI] getting INI configuration from /srv/a.ini\n*** Starting Reeve engine 0.1.0 (pid: 7) ***\ngoodbye from Reeve.\nThe address 127.0.0.1:80 is in use.\n',
      ),
      0,
    );
    expect(failureText(ring.read(100))).toBe('The address 127.0.0.1:80 is in use.');
  });
});

describe('a log file that is followed', () => {
  it('gives what is appended after its end, and begins anew when it is rotated or cut', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reeve-tail-'));
    const path = join(folder, 'engine.log');
    await writeFile(path, 'from before\n');
    let text = '';
    const tail = await FileTail.open({
      path,
      clock: new ManualClock(),
      onBytes: (chunk) => (text += Buffer.from(chunk).toString()),
    });
    await appendFile(path, 'one\n');
    await Promise.all([tail.look(), tail.look()]);
    expect(text).toBe('one\n');
    await rename(path, `${path}.1`);
    await tail.look();
    await writeFile(path, 'two\n');
    await tail.look();
    expect(text).toBe('one\ntwo\n');
    await writeFile(path, '3\n');
    await tail.look();
    expect(text).toBe('one\ntwo\n3\n');
    tail.dispose();
    await rm(folder, { recursive: true, force: true });
  });
});
