import { describe, expect, it } from 'vitest';
import type { StatsWorker } from '../../../engine/api/stats.ts';
import { readRunningRequests } from '../samples/running-requests.ts';
import { aBusyWorker, aDocument, aStatsWorker } from '../testing/stats-fixture.ts';
import { verdictOf } from './verdict.ts';
import {
  beginWatch,
  observeAlive,
  observeDeath,
  observeDocument,
  observeGap,
  observeLinkGivenUp,
  observeLinkLoss,
  observeRefusal,
  observeResend,
  QUIET_MS,
  type WatchState,
} from './watch-machine.ts';
import type { WatchPlan } from './watch-workers.ts';

const T0 = 1_700_000_100_000;
const plan: WatchPlan = {
  startedAtMs: T0,
  full: true,
  restarts: true,
  chain: false,
  brutal: false,
  router: false,
  harakiriMs: null,
  clockAheadMs: 0,
  mercyMs: 30_000,
  startupMs: 200,
  mayActAtMercy: false,
  canResend: false,
};
const old = (id: number, more: Partial<StatsWorker> = {}) => aStatsWorker({ id, pid: 1000 + id, ...more });
const fresh = (id: number, more: Partial<StatsWorker> = {}) =>
  aStatsWorker({ id, pid: 2000 + id, last_spawn: T0 / 1000 + 1, ...more });
const served = (id: number, requests: number) => fresh(id, { requests, delta_requests: requests });
const recycled = (id: number, pid: number, respawns: number) =>
  fresh(id, { pid, respawn_count: respawns, requests: 900, delta_requests: 3 });
const brief = (id: number, afterMs: number) => aBusyWorker((T0 + afterMs) / 1000, { id, pid: 1000 + id });
const stuck = (id: number) => aBusyWorker((T0 - 5_000) / 1000, { id, pid: 1000 + id });

class Film {
  state: WatchState;
  atMs = T0;

  constructor(workers: StatsWorker[], more: Partial<WatchPlan> = {}) {
    const document = aDocument({ workers });
    this.state = beginWatch({ ...plan, ...more }, document, this.#requests(workers));
  }

  see(afterMs: number, workers: StatsWorker[], more: Parameters<typeof aDocument>[0] = {}): this {
    this.atMs = T0 + afterMs;
    this.state = observeDocument(this.state, aDocument({ workers, ...more }), this.#requests(workers), this.atMs);
    return this;
  }

  gap(afterMs: number, refused = true): this {
    this.atMs = T0 + afterMs;
    this.state = observeGap(this.state, 'Nothing listens.', refused, this.atMs);
    return this;
  }

  get states(): string {
    return this.state.workers.map((worker) => worker.state).join(' ');
  }

  get verdict() {
    return verdictOf(this.state, this.atMs);
  }

  #requests(workers: StatsWorker[]) {
    const context = {
      atMs: this.atMs,
      previousAtMs: null,
      previousStarts: new Map<string, number>(),
      harakiriMs: null,
    };
    return readRunningRequests(aDocument({ workers }), context).rows;
  }
}

describe('a reload', () => {
  it('is done when every worker is another process, spawned since, and it stays so', () => {
    const film = new Film([old(1), old(2)]).see(500, [fresh(1), old(2)]).see(1000, [fresh(1), fresh(2)]);
    expect(film.states).toBe('new new');
    expect(film.verdict).toBeNull();
    film.see(1000 + QUIET_MS, [fresh(1), fresh(2)]);
    expect(film.verdict).toEqual({
      status: 'done',
      title: 'Done in 1.0 s. All 2 workers are new.',
      detail:
        '2 running workers have a new pid and a later spawn time. No request has come since: they are idle and accepting. No running request was cut off, no exceptions, no queue errors.',
    });
    expect(film.state.workers[0]?.spans).toEqual([
      { state: 'old', fromMs: T0, toMs: T0 + 500 },
      { state: 'new', fromMs: T0 + 500, toMs: null },
    ]);
  });

  it('is not done by a worker that has another pid but does not accept yet', () => {
    const film = new Film([old(1)]).see(500, [fresh(1, { accepting: 0 })]);
    expect(film.states).toBe('starting');
    film.see(9_000, [fresh(1, { accepting: 0 })]);
    expect(film.state.allNewAtMs).toBeNull();
  });

  it('is not done by a worker that was spawned before it', () => {
    const film = new Film([old(1)]).see(500, [fresh(1, { last_spawn: T0 / 1000 - 60 })]);
    expect(film.states).toBe('starting');
  });

  it('takes a worker with the same pid and a later spawn time for new', () => {
    const film = new Film([old(1)]).see(1500, [old(1, { last_spawn: T0 / 1000 + 1 })]);
    expect(film.states).toBe('new');
  });

  it('waits for workers that the new configuration adds', () => {
    const film = new Film([old(1), old(2)])
      .see(500, [fresh(1), fresh(2)])
      .see(1000, [fresh(1), fresh(2), fresh(3, { accepting: 0 })]);
    film.see(500 + QUIET_MS, [fresh(1), fresh(2), fresh(3, { accepting: 0 })]);
    expect(film.verdict).toBeNull();
    film.see(4000, [fresh(1), fresh(2), fresh(3)]).see(4000 + QUIET_MS, [fresh(1), fresh(2), fresh(3)]);
    expect(film.verdict?.title).toBe('Done in 4.0 s. All 3 workers are new.');
    expect(film.verdict?.detail).toContain('There were 2 before.');
    expect(film.state.workers[2]).toMatchObject({ oldPid: 0, newPid: 2003 });
  });

  it('does not wait for workers that the new configuration takes away, nor for cheap ones', () => {
    const cheap = old(3, { pid: 0, status: 'cheap' });
    const film = new Film([old(1), old(2), cheap]).see(500, [fresh(1), cheap]).see(500 + QUIET_MS, [fresh(1), cheap]);
    expect(film.states).toBe('new down cheap');
    expect(film.verdict?.status).toBe('done');
  });

  it('waits for each new worker to have served where requests come, and says which did not', () => {
    const film = new Film([old(1), old(2)]).see(1000, [served(1, 0), served(2, 0)]);
    film.see(1000 + QUIET_MS, [served(1, 7), served(2, 0)]);
    expect(film.verdict).toBeNull();
    film.see(1000 + QUIET_MS + 500, [served(1, 9), served(2, 1)]);
    expect(film.verdict?.detail).toContain('Each has served since.');

    const uneven = new Film([old(1), old(2)]).see(1000, [served(1, 0), served(2, 0)]);
    uneven.see(3000, [served(1, 7), served(2, 0)]).see(11_000, [served(1, 30), served(2, 0)]);
    expect(uneven.verdict?.status).toBe('done');
    expect(uneven.verdict?.detail).toContain('Worker 2 has got no request yet and is idle and accepting');
  });

  it('asks for a command that shows no effect to be given once more, and then tells that it was lost', () => {
    const film = new Film([old(1), old(2)], { canResend: true }).see(7_000, [old(1), old(2)]);
    expect(film.state.resend).toBe('not yet');
    film.see(8_000, [old(1), old(2)]);
    expect(film.state.resend).toBe('due');
    film.state = observeResend(film.state, 'sent again', film.atMs);
    film.see(16_000, [old(1), old(2)]);
    expect(film.state).toMatchObject({ resend: 'done', outcome: { status: 'watching', stuck: 'no' } });
    film.see(24_000, [old(1), old(2)]);
    expect(film.verdict?.status).toBe('failed');

    const answered = new Film([old(1)], { canResend: true }).see(8_000, [old(1)]);
    answered.state = observeResend(answered.state, 'sent again', answered.atMs);
    answered.see(8_500, [fresh(1)]).see(8_500 + QUIET_MS, [fresh(1)]);
    expect(answered.verdict).toMatchObject({ status: 'done-with' });
    expect(answered.verdict?.title).toContain('The command was lost once and was sent again.');
  });

  it('does not take a command for lost while a request may hide its effect', () => {
    const chain = new Film([stuck(1), old(2)], { canResend: true, chain: true }).see(9_000, [stuck(1), old(2)]);
    expect(chain.state.resend).toBe('not yet');
    const all = new Film([stuck(1), old(2)], { canResend: true }).see(9_000, [stuck(1), old(2)]);
    expect(all.state.resend).toBe('due');
  });

  it('has died when its master is gone', () => {
    const film = new Film([old(1)]).gap(2_000);
    film.state = observeDeath(film.state, T0 + 5_000);
    expect(film.verdict).toMatchObject({ status: 'died' });
    expect(film.verdict?.title).toContain('2.0 s after the reload began');
  });

  it('tells when another master serves in the place of the one that ended', () => {
    const film = new Film([old(1)]).gap(1_000).see(4_000, [fresh(1)], { pid: 4_711 });
    film.see(4_000 + QUIET_MS, [fresh(1)], { pid: 4_711 });
    expect(film.verdict?.status).toBe('done-with');
    expect(film.verdict?.title).toContain('The master ended and was started anew');
  });

  it('counts what was answered across the counters that start anew', () => {
    const film = new Film([old(1, { requests: 100 })])
      .see(300, [old(1, { requests: 104 })])
      .see(900, [fresh(1, { requests: 3 })]);
    film.see(1200, [fresh(1, { requests: 5, exceptions: 1 })], { listen_queue: 9 });
    expect(film.state).toMatchObject({ answered: 9, exceptions: 1, queuePeak: 9 });
    film.see(900 + QUIET_MS, [fresh(1, { requests: 5, delta_requests: 5, exceptions: 1 })]);
    expect(film.verdict).toMatchObject({
      status: 'done-with',
      title: 'Done in 0.9 s. The worker is new. 1 exception meanwhile.',
    });
  });

  it('shows the silence of a master that starts anew as starting, and goes on after it', () => {
    const film = new Film([old(1)]).gap(400).gap(600);
    expect(film.states).toBe('starting');
    film.see(1400, [fresh(1)]);
    expect(film.state.log.map((line) => line.text)).toEqual([
      'The stats address is silent while the master starts anew: Nothing listens.',
      'The stats address answers again after 1.0 s',
      'Worker 1 is new, pid 2001',
    ]);
  });

  it('has failed when the server does not come back', () => {
    const film = new Film([old(1)]).gap(400).gap(21_000);
    expect(film.verdict).toMatchObject({ status: 'failed', title: 'The server has not answered for 21 s.' });
  });

  it('has failed when nothing changes: the letter was lost', () => {
    const film = new Film([old(1)]).see(14_000, [old(1)]);
    expect(film.verdict).toBeNull();
    film.see(15_000, [old(1)]);
    expect(film.verdict).toMatchObject({
      status: 'failed',
      title: 'Nothing changed in 15 s. The old workers serve on.',
    });
  });

  it('is only called lost after mercy where a worker may have missed it', () => {
    const film = new Film([old(1)], { mayActAtMercy: true }).see(16_000, [old(1)]);
    expect(film.verdict).toMatchObject({ status: 'stuck', title: 'Nothing has changed in 16 s.' });
    expect(film.verdict?.detail).toContain('mercy ends in 14 s');
    film.see(30_500, [fresh(1)]);
    expect(film.verdict).toBeNull();
    expect(film.see(30_500 + QUIET_MS, [fresh(1)]).verdict?.status).toBe('done');
  });

  it('has failed when the engine refuses the new generation, and the old one serves on', () => {
    const film = new Film([old(1)], { full: false });
    film.state = observeRefusal(film.state, 'ImportError: no module shop', T0 + 900);
    expect(film.verdict).toMatchObject({ status: 'failed', detail: 'ImportError: no module shop' });
    expect(film.see(2000, [fresh(1)]).verdict?.status).toBe('failed');
  });

  it('is stuck while a worker can not end its request, says what comes next, and is done in the end', () => {
    const film = new Film([old(1), stuck(2)]).see(500, [fresh(1), stuck(2)]).see(12_000, [fresh(1), stuck(2)]);
    expect(film.states).toBe('new draining');
    expect(film.verdict).toEqual({
      status: 'stuck',
      title: '1 of 2 workers are new.',
      detail: 'Worker 2 is still in GET /slow after 17 s; mercy ends in 18 s, then the master kills it.',
    });
    film.see(20_000, [fresh(1), fresh(2)]).see(20_000 + QUIET_MS, [fresh(1), fresh(2)]);
    expect(film.verdict?.status).toBe('done');
    expect(film.state.cutOff).toBe(0);
  });

  it('counts a request as cut off when mercy ends before it, and shows where', () => {
    const film = new Film([stuck(1)])
      .see(500, [stuck(1)], { pid: 101 })
      .see(30_400, [stuck(1)])
      .see(30_700, [fresh(1)]);
    expect(film.state.cutOff).toBe(1);
    expect(film.state.log.at(-1)?.text).toBe('Worker 1 killed at the end of mercy, pid 1001, 35 s into GET /slow');
    expect(film.state.workers[0]?.spans.map((span) => span.state)).toEqual(['old', 'draining', 'down', 'new']);
    film.see(30_700 + QUIET_MS, [fresh(1)]);
    expect(film.verdict?.title).toBe(
      'Done in 31 s. The worker is new. One request was cut off at the end of the 30 s mercy.',
    );
  });

  it('tells when a new worker ends again', () => {
    const film = new Film([old(1)])
      .see(500, [fresh(1)])
      .see(900, [fresh(1, { pid: 3001 })])
      .see(500 + QUIET_MS, [fresh(1, { pid: 3001 })]);
    expect(film.verdict).toMatchObject({ status: 'done-with' });
    expect(film.verdict?.title).toContain('Worker 1 ended again after the reload.');
  });

  it('tells when the workers came back without the application', () => {
    const film = new Film([old(1)]).see(500, [fresh(1, { apps: [] })]).see(500 + QUIET_MS, [fresh(1, { apps: [] })]);
    expect(film.verdict).toMatchObject({ status: 'failed' });
    expect(film.verdict?.title).toContain('No application is loaded any more');
  });
});

describe('a full reload', () => {
  it('is not proven by workers that were replaced one by one, but by a master that counts anew', () => {
    const film = new Film([old(1, { requests: 800 }), old(2, { requests: 800 })], { canResend: true });
    film
      .see(700, [recycled(1, 7001, 2), recycled(2, 7002, 2)])
      .see(4_000, [recycled(1, 7001, 2), recycled(2, 7003, 3)]);
    expect(film.states).toBe('old old');
    expect(film.verdict).toBeNull();
    expect(film.state.log[0]?.text).toBe('Worker 1 was replaced without a reload, pid 1001 → 7001');
    film.see(8_000, [recycled(1, 7001, 2), recycled(2, 7003, 3)]);
    expect(film.state.resend).toBe('due');
    film.state = observeResend(film.state, 'sent again', film.atMs);
    film.see(9_000, [served(1, 0), served(2, 0)]).see(9_000 + QUIET_MS, [served(1, 0), served(2, 0)]);
    expect(film.verdict?.status).toBe('done-with');
  });

  it('tells a master that loads for long from one that does not come back', () => {
    const film = new Film([old(1)]).gap(400);
    for (let afterMs = 1_000; afterMs <= 60_000; afterMs += 1_000) {
      film.state = observeAlive(film.gap(afterMs).state, T0 + afterMs);
    }
    expect(film.gap(60_500).verdict).toMatchObject({ status: 'stuck' });
    expect(film.verdict?.title).toBe('The server has not answered for 60 s; its master, pid 100, runs.');
    const back = film.see(61_000, [fresh(1, { last_spawn: T0 / 1000 + 60 })]);
    expect(back.see(61_000 + QUIET_MS, [fresh(1, { last_spawn: T0 / 1000 + 60 })]).verdict?.status).toBe('done');
  });

  it('has an open end where no worker runs that could show it', () => {
    const cheap = aStatsWorker({ id: 1, pid: 0, status: 'cheap' });
    const film = new Film([cheap]).see(14_000, [cheap]);
    expect(film.verdict).toBeNull();
    expect(film.see(15_000, [cheap]).verdict).toMatchObject({
      status: 'stuck',
      title: 'No worker runs, so nothing shows whether the reload was carried out.',
    });
  });

  it('in which one worker hangs says that nobody serves meanwhile: the others have ended and wait for it', () => {
    const ended = old(1, { pid: 0 });
    const film = new Film([old(1), stuck(2)]).see(500, [ended, stuck(2)]).see(12_000, [ended, stuck(2)]);
    expect(film.verdict?.detail).toContain('The other workers have ended: nobody takes requests until it is over.');
  });

  it('does not say that nothing was lost where the HTTP router is killed with it', () => {
    const quiet = new Film([old(1)], { router: true }).see(500, [fresh(1)]).see(500 + QUIET_MS, [fresh(1)]);
    expect(quiet.verdict).toMatchObject({ status: 'done' });
    expect(quiet.verdict?.detail).not.toContain('request was cut off');
    const film = new Film([old(1)], { router: true }).see(500, [served(1, 2)]).see(500 + QUIET_MS, [served(1, 9)]);
    expect(film.verdict).toMatchObject({ status: 'done-with' });
    expect(film.verdict?.title).toContain('Requests on their way through the HTTP router were dropped');
  });

  it('goes by another process alone where the clocks of both machines differ', () => {
    const behind = fresh(1, { last_spawn: T0 / 1000 - 40 });
    const film = new Film([old(1, { last_spawn: T0 / 1000 - 90 })], { clockAheadMs: null });
    expect(film.see(500, [behind]).see(500 + QUIET_MS, [behind]).verdict?.status).toBe('done');
  });
});

describe('a link that breaks off meanwhile', () => {
  it('says nothing about the server: the verdict comes when it is back', () => {
    const film = new Film([old(1), stuck(2)], { canResend: true }).see(300, [fresh(1), stuck(2)]);
    film.state = observeLinkLoss(film.state, 'The connection to web1 broke off.', T0 + 1_000);
    film.atMs = T0 + 41_000;
    expect(film.verdict).toMatchObject({ status: 'stuck', title: 'The link is down since 40 s.' });
    film.gap(41_000);
    expect(film.verdict).toBeNull();
    film.see(42_000, [fresh(1), fresh(2)]).see(42_000 + QUIET_MS, [fresh(1), fresh(2)]);
    expect(film.verdict?.status).toBe('done');
    expect(film.verdict?.detail).toContain('What it cost in the 40 s without a link was not seen.');
    expect(film.state.log.map(({ text }) => text)).toContain('The link is back after 40 s');
  });

  it('is no time in which a command would have shown its effect', () => {
    const film = new Film([old(1)], { canResend: true }).see(300, [old(1)]);
    film.state = observeLinkLoss(film.state, 'Lost.', T0 + 1_000);
    film.see(31_000, [old(1)]);
    expect(film.state).toMatchObject({ resend: 'not yet', outcome: { status: 'watching', stuck: 'no' } });
    expect(film.see(38_500, [old(1)]).state.resend).toBe('due');
  });

  it('leaves it open what became of the reload when it does not come back', () => {
    const film = new Film([old(1)]);
    film.state = observeLinkLoss(film.state, 'Lost.', T0 + 1_000);
    film.state = observeLinkGivenUp(film.state, T0 + 601_000);
    expect(film.verdict).toMatchObject({ status: 'stuck', title: 'What became of the reload was not seen.' });
  });
});

describe('requests that were lost', () => {
  it('are those that harakiri ended before mercy did', () => {
    const busy = aBusyWorker(T0 / 1000 - 2, { id: 1, pid: 1001 });
    const film = new Film([busy], { harakiriMs: 4_000 }).see(2_500, [busy]).see(3_000, [fresh(1)]);
    film.see(3_000 + QUIET_MS, [fresh(1)]);
    expect(film.verdict).toMatchObject({ status: 'done-with' });
    expect(film.verdict?.title).toContain('1 request was ended by harakiri and got no answer.');
  });

  it('are counted, too, when the stats address is silent at the moment in which they end', () => {
    const busy = aBusyWorker(T0 / 1000, { id: 1, pid: 1001 });
    const harakiri = new Film([busy], { harakiriMs: 4_000 })
      .see(4_200, [busy])
      .gap(4_600)
      .see(5_000, [fresh(1)]);
    expect(harakiri.state).toMatchObject({ harakiris: 1, cutOff: 0 });
    const mercy = new Film([busy])
      .see(29_800, [busy])
      .gap(30_200)
      .see(30_900, [fresh(1)]);
    expect(mercy.state).toMatchObject({ harakiris: 0, cutOff: 1 });
    const fine = new Film([busy])
      .see(4_200, [busy])
      .gap(4_600)
      .see(5_000, [fresh(1)]);
    expect(fine.state).toMatchObject({ harakiris: 0, cutOff: 0 });
  });

  it('are not looked for in workers that take one short request after the other', () => {
    const film = new Film([old(1), old(2)]);
    film.see(12_000, [brief(1, 11_900), brief(2, 11_900)]);
    expect(film.verdict).toBeNull();
  });

  it('are all that ran at a brutal reload', () => {
    const busy = aBusyWorker(T0 / 1000, { id: 1, pid: 1001 });
    const film = new Film([busy], { brutal: true, mercyMs: 2_000 }).see(300, [fresh(1)]);
    film.see(300 + QUIET_MS, [fresh(1)]);
    expect(film.verdict?.title).toContain('At least one request was cut off at once.');
    const idle = new Film([old(1)], { brutal: true }).see(300, [fresh(1)]).see(300 + QUIET_MS, [fresh(1)]);
    expect(idle.verdict?.detail).toContain('one that did was cut off');
  });
});

describe('a chain reload', () => {
  it('has failed where some of the new workers have no application', () => {
    const broken = fresh(2, { apps: [] });
    const film = new Film([old(1), old(2)], { full: false, restarts: false, chain: true });
    film.see(900, [fresh(1), broken]).see(900 + QUIET_MS, [fresh(1), broken]);
    expect(film.verdict).toMatchObject({
      status: 'failed',
      title: 'Worker 2 of 2 runs without the application: its requests get errors.',
    });
  });

  const chain = { full: false, restarts: false, chain: true };

  it('leaves the workers that wait for their turn old, however busy they are', () => {
    const before = [old(1), old(2), stuck(3)];
    const film = new Film(before, chain)
      .see(500, [fresh(1), old(2), stuck(3)])
      .see(15_000, [fresh(1), old(2), stuck(3)]);
    expect(film.states).toBe('new old old');
    expect(film.verdict).toBeNull();
  });

  it('names the worker that holds it up, which uWSGI still shows as busy and accepting, and that mercy ended it', () => {
    const held = [fresh(1), stuck(2), old(3)];
    const film = new Film([old(1), stuck(2), old(3)], chain).see(500, held).see(750, held).see(15_000, held);
    expect(film.states).toBe('new draining old');
    expect(film.verdict).toMatchObject({ status: 'stuck', title: '1 of 3 workers are new.' });
    expect(film.verdict?.detail).toContain('Worker 2 is still in GET /slow after');
    expect(film.verdict?.detail).toContain('mercy ends in 16 s');
    film.see(30_700, held).see(31_000, [fresh(1), fresh(2), old(3)]);
    expect(film.state.cutOff).toBe(1);
  });

  it('names the first worker, too, when that one is held', () => {
    const held = [stuck(1), old(2)];
    const film = new Film(held, chain).see(500, held).see(15_000, held);
    expect(film.verdict?.detail).toContain('Worker 1 is still in');
    film.see(30_000, held).see(30_500, [fresh(1), old(2)]);
    expect(film.state.cutOff).toBe(1);
  });

  it('shows the one whose turn it is as draining', () => {
    const draining = { ...stuck(2), accepting: 0 };
    const film = new Film([old(1), stuck(2)], chain).see(500, [fresh(1), draining]).see(14_000, [fresh(1), draining]);
    expect(film.states).toBe('new draining');
    expect(film.verdict?.detail).toContain('mercy ends in 17 s');
  });
});
