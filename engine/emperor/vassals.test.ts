import { describe, expect, it } from 'vitest';
import type { VassalEvent, VassalPolicy } from './vassal-draft.ts';
import { type FoundVassal, initialVassals, type Vassal } from './vassal-state.ts';
import { areVassalsOver, nextVassalMs, stepVassals } from './vassals.ts';
import { TO_EMPEROR } from './words.ts';

const FILE: FoundVassal = {
  id: 'a.ini',
  file: '/v/a.ini',
  folder: '/v',
  config: null,
  mtimeMs: 1000,
  mark: '1',
  uid: 7,
  gid: 7,
  onDemand: '',
  refusal: null,
};
const KEY = '0:a.ini';

/** Plays events to the machine and keeps what it wants done; processes get pids from 100 on. */
class Rig {
  state = initialVassals();
  done: string[] = [];
  nowMs = 1_000_000;
  readonly #policy: VassalPolicy;
  #pid = 100;

  constructor(policy: Partial<VassalPolicy> = {}) {
    this.#policy = {
      isTyrant: false,
      throttleMs: 1000,
      maxThrottleMs: 5000,
      noBlacklist: false,
      curseToleranceSeconds: 30,
      requiredHeartbeatSeconds: 30,
      gracefulShutdown: false,
      mostStarting: 8,
      ...policy,
    };
  }

  static running(policy: Partial<VassalPolicy> = {}): Rig {
    const rig = new Rig(policy);
    rig.find(FILE);
    rig.spawn();
    return rig;
  }

  play(event: VassalEvent): void {
    const { state, effects } = stepVassals(this.state, event, this.#policy, this.nowMs);
    this.state = state;
    for (const effect of effects) {
      if (effect.type === 'tell') this.done.push(`tell ${effect.byte}`);
      else if (effect.type !== 'log') this.done.push(effect.type);
    }
  }

  /** What it wants done since the last time. */
  take(): string[] {
    return this.done.splice(0);
  }

  find(...found: FoundVassal[]): void {
    this.play({ type: 'scanned', monitor: 0, found });
  }

  spawn(key = KEY): void {
    this.play({ type: 'spawned', key, pid: this.#pid++ });
  }

  say(word: keyof typeof TO_EMPEROR): void {
    this.play({ type: 'said', key: KEY, pid: this.vassal.pid, byte: TO_EMPEROR[word] });
  }

  exit(code: number | null = 1, signal: string | null = null): void {
    this.play({ type: 'exited', key: KEY, pid: this.vassal.pid, code, signal });
  }

  /** Lets the time of the next tick come. */
  wait(): number {
    const nextMs = nextVassalMs(this.state, this.#policy, this.nowMs);
    if (nextMs === null) throw new Error('nothing waits for a time');
    const waitedMs = nextMs - this.nowMs;
    this.nowMs = nextMs;
    this.play({ type: 'tick' });
    return waitedMs;
  }

  get isWaiting(): boolean {
    return nextVassalMs(this.state, this.#policy, this.nowMs) !== null;
  }

  get vassal(): Vassal {
    const vassal = this.state.vassals.get(KEY);
    if (vassal === undefined) throw new Error('no vassal');
    return vassal;
  }
}

describe('a vassal', () => {
  it('is started when it is found, reloads when its file changes and ends when it is gone', () => {
    const rig = new Rig();
    rig.find(FILE);
    expect(rig.take()).toEqual(['start']);
    rig.spawn();
    rig.say('ready');
    rig.say('accepting');
    rig.say('loyal');
    expect(rig.vassal).toMatchObject({ status: 'running', isReady: true, isAccepting: true, isLoyal: true, pid: 100 });
    rig.find(FILE);
    expect(rig.take()).toEqual([]);
    rig.find({ ...FILE, mark: '2', mtimeMs: 2000 });
    expect(rig.take()).toEqual(['tell 1']);
    expect(rig.vassal).toMatchObject({ isReady: false, isAccepting: true, respawns: 1 });
    rig.find();
    expect(rig.take()).toEqual(['tell 0']);
    rig.exit(0);
    expect(rig.state.vassals.size).toBe(0);
  });

  it('finishes its requests at its end with emperor-graceful-shutdown', () => {
    const rig = Rig.running({ gracefulShutdown: true });
    rig.take();
    rig.find();
    expect(rig.take()).toEqual(['tell 2']);
  });

  it('that does not end when it is told to is killed after emperor-curse-tolerance, once', () => {
    const rig = Rig.running({ curseToleranceSeconds: 5 });
    rig.say('ready');
    rig.find();
    rig.take();
    expect(rig.wait()).toBe(5000);
    expect(rig.take()).toEqual(['kill']);
    expect(rig.isWaiting).toBe(false);
  });

  it('that dies before it is loyal waits longer each time, up to emperor-max-throttle', () => {
    const rig = Rig.running();
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      rig.exit();
      expect(rig.vassal).toMatchObject({ status: 'waiting', cause: 'exited with code 1', strikes: { attempt: i + 1 } });
      waits.push(rig.wait());
      rig.spawn();
    }
    expect(waits).toEqual([1000, 2000, 3000, 4000, 5000, 5000, 5000]);
    rig.say('loyal');
    expect(rig.vassal.strikes).toBeNull();
  });

  it('that waits is started at once when its file is changed, or when all waits are forgotten', () => {
    const rig = Rig.running();
    rig.exit();
    rig.take();
    rig.find({ ...FILE, mark: '2' });
    expect(rig.take()).toEqual(['start']);
    rig.spawn();
    rig.exit();
    expect(rig.vassal.strikes).toMatchObject({ attempt: 2 });
    rig.take();
    rig.play({ type: 'forgive' });
    expect(rig.take()).toEqual(['start']);
    expect(rig.vassal.strikes).toBeNull();
  });

  it('is tried without a pause with emperor-no-blacklist', () => {
    const rig = Rig.running({ noBlacklist: true });
    rig.take();
    rig.exit();
    expect(rig.take()).toEqual(['ended', 'start']);
    expect(rig.vassal.strikes).toBeNull();
  });

  it('that was loyal is started again at once', () => {
    const rig = Rig.running();
    rig.say('loyal');
    rig.take();
    rig.exit(null, 'SIGSEGV');
    expect(rig.take()).toEqual(['ended', 'start']);
    expect(rig.vassal.cause).toBe('was ended by SIGSEGV');
    rig.spawn();
    expect(rig.vassal).toMatchObject({ isLoyal: false, respawns: 1, cause: '' });
  });

  it('that can not be started waits as one that dies', () => {
    const rig = new Rig();
    rig.find(FILE);
    rig.play({ type: 'not-spawned', key: KEY, message: 'EAGAIN' });
    expect(rig.vassal).toMatchObject({
      status: 'waiting',
      nextMs: rig.nowMs + 1000,
      cause: 'could not be started: EAGAIN',
    });
  });

  it('that exiles itself is not started again before its file is changed', () => {
    const rig = Rig.running();
    rig.exit(26);
    rig.take();
    rig.find(FILE);
    expect([rig.vassal.status, ...rig.take()]).toEqual(['refused']);
    rig.find({ ...FILE, mark: '2' });
    expect(rig.take()).toEqual(['start']);
  });

  it('that closes its pipe is told nothing and killed when it lives on', () => {
    const rig = Rig.running();
    rig.take();
    rig.play({ type: 'pipe-closed', key: KEY, pid: 100 });
    expect(rig.take()).toEqual([]);
    rig.wait();
    expect(rig.take()).toEqual(['kill']);
    rig.exit(null, 'SIGKILL');
    expect(rig.vassal).toMatchObject({ status: 'waiting', strikes: { attempt: 1 } });
  });

  it('that misses its heartbeats is killed and started again; one that sends none is left alone', () => {
    const rig = Rig.running();
    rig.say('ready');
    expect(rig.isWaiting).toBe(false);
    rig.say('loyal');
    rig.say('heartbeat');
    rig.take();
    expect(rig.wait()).toBe(30_000);
    expect(rig.take()).toEqual(['kill']);
    expect(rig.vassal.cause).toBe('no heartbeat for 30 s');
    rig.exit(null, 'SIGKILL');
    expect(rig.take()).toEqual(['ended', 'start']);
  });

  it('whose file comes back while it ends is started again', () => {
    const rig = Rig.running();
    rig.find();
    rig.find(FILE);
    rig.take();
    rig.exit(0);
    expect(rig.take()).toEqual(['ended', 'start']);
    expect(rig.vassal.strikes).toBeNull();
  });

  it('whose file vanishes while its process is made is told to end as soon as it is there', () => {
    const rig = new Rig();
    rig.find(FILE);
    rig.find();
    rig.take();
    rig.spawn();
    expect(rig.take()).toEqual(['tell 0']);
    rig.exit(0);
    expect(rig.state.vassals.size).toBe(0);
  });

  it('gets its configuration when it is sent one, and when it asks for it', () => {
    const rig = new Rig();
    rig.find({ ...FILE, config: '[uwsgi]\n' });
    rig.spawn();
    rig.say('ask-config');
    expect(rig.take()).toEqual(['start', 'send-config', 'send-config']);
    rig.find({ ...FILE, config: '[uwsgi]\nx=1\n' });
    expect(rig.take()).toEqual(['tell 1']);
  });

  it('is not disturbed by what an earlier process of it says late', () => {
    const rig = Rig.running();
    rig.exit();
    rig.wait();
    rig.spawn();
    for (const event of [
      { type: 'said', key: KEY, pid: 100, byte: TO_EMPEROR.loyal },
      { type: 'pipe-closed', key: KEY, pid: 100 },
      { type: 'exited', key: KEY, pid: 100, code: 1, signal: null },
    ] as const) {
      rig.play(event);
    }
    expect(rig.vassal).toMatchObject({ status: 'running', pid: 101, isLoyal: false, curse: null });
  });
});

describe('a vassal under tyrant', () => {
  it('ends and starts anew when its file belongs to another user', () => {
    const rig = Rig.running({ isTyrant: true });
    rig.take();
    rig.find({ ...FILE, uid: 8 });
    expect(rig.take()).toEqual(['tell 0']);
    rig.exit(0);
    expect(rig.take()).toEqual(['ended', 'start']);
    expect(rig.vassal.found.uid).toBe(8);
  });

  it('is not started while its file is refused, and ends when it comes to be', () => {
    const rig = new Rig({ isTyrant: true });
    const refused = { ...FILE, uid: 0, refusal: 'belongs to root' };
    rig.find(refused);
    expect([rig.vassal.status, rig.vassal.cause, ...rig.take()]).toEqual(['refused', 'belongs to root']);
    rig.find(FILE);
    rig.spawn();
    expect(rig.take()).toEqual(['start']);
    rig.find(refused);
    expect(rig.take()).toEqual(['tell 0']);
    rig.exit(0);
    expect(rig.vassal.status).toBe('refused');
  });
});

describe('a vassal on demand', () => {
  const found = { ...FILE, onDemand: '/v/a.sock' };

  it('starts at its first connection and goes back when it has asked for it', () => {
    const rig = new Rig();
    rig.find(found);
    expect(rig.take()).toEqual(['hold']);
    rig.play({ type: 'wanted', key: KEY });
    rig.spawn();
    rig.say('loyal');
    expect(rig.take()).toEqual(['start']);
    rig.say('stop-me');
    rig.exit(0);
    expect(rig.take()).toEqual(['tell 0', 'ended', 'hold']);
    expect(rig.vassal).toMatchObject({ status: 'on demand', pid: 0 });
    rig.find();
    expect(rig.take()).toEqual(['release']);
  });

  it('that dies early is throttled, although its connection still waits', () => {
    const rig = new Rig();
    rig.find(found);
    rig.play({ type: 'wanted', key: KEY });
    rig.spawn();
    rig.exit();
    expect(rig.wait()).toBe(1000);
    expect(rig.take()).toEqual(['hold', 'start', 'ended', 'hold']);
    rig.play({ type: 'wanted', key: KEY });
    expect(rig.take()).toEqual(['start']);
  });

  it('whose socket can not be had is tried again', () => {
    const rig = new Rig();
    rig.find(found);
    rig.play({ type: 'not-held', key: KEY, message: 'EADDRINUSE' });
    expect(rig.vassal).toMatchObject({ cause: 'socket /v/a.sock: EADDRINUSE', strikes: { attempt: 1 } });
    rig.take();
    rig.wait();
    expect(rig.take()).toEqual(['hold']);
  });
});

describe('many vassals', () => {
  const files = Array.from({ length: 5 }, (_, n) => ({ ...FILE, id: `${n}.ini` }));

  it('start a few at a time, the next when one is ready, dies or takes too long', () => {
    const rig = new Rig({ mostStarting: 2 });
    rig.find(...files);
    expect(rig.take()).toEqual(['start', 'start']);
    rig.spawn('0:0.ini');
    rig.play({ type: 'said', key: '0:0.ini', pid: 100, byte: TO_EMPEROR.ready });
    expect(rig.take()).toEqual(['start']);
    rig.play({ type: 'not-spawned', key: '0:1.ini', message: 'ENOMEM' });
    expect(rig.take()).toEqual(['start']);
    // The wait of the one that failed, not a tick after the other.
    expect(rig.wait()).toBe(1000);
    rig.nowMs += 8000;
    expect(rig.wait()).toBe(1000);
    expect(rig.take()).toEqual(['start', 'start']);
  });

  it('end with the emperor, which waits for those that run and kills them when its mercy ends', () => {
    const rig = new Rig({ mostStarting: 2 });
    rig.find(...files);
    rig.spawn('0:0.ini');
    rig.take();
    rig.play({ type: 'stop', isGraceful: false, mercyMs: 30_000 });
    expect(rig.take()).toEqual(['tell 0']);
    expect(areVassalsOver(rig.state)).toBe(false);
    rig.play({ type: 'not-spawned', key: '0:1.ini', message: 'late' });
    rig.find(...files);
    expect([...rig.state.vassals.keys()]).toEqual(['0:0.ini']);
    expect(rig.wait()).toBe(30_000);
    expect(rig.take()).toEqual(['kill']);
    rig.play({ type: 'exited', key: '0:0.ini', pid: 100, code: null, signal: 'SIGKILL' });
    expect(areVassalsOver(rig.state)).toBe(true);
  });

  it('of several monitors may have the same name', () => {
    const rig = new Rig();
    rig.find(FILE);
    rig.play({ type: 'scanned', monitor: 1, found: [FILE] });
    rig.find();
    expect([...rig.state.vassals.values()].map(({ monitor }) => monitor)).toEqual([0, 1]);
    expect(rig.state.vassals.get('1:a.ini')?.curse).toBeNull();
  });

  it('all reload at once, those that wait as well', () => {
    const rig = Rig.running();
    rig.find(FILE, ...files.slice(0, 1));
    rig.play({ type: 'not-spawned', key: '0:0.ini', message: 'broken' });
    rig.take();
    rig.play({ type: 'reload-all' });
    expect(rig.take()).toEqual(['tell 1', 'start']);
  });
});
