import { describe, expect, it } from 'vitest';
import { defaultCheaper } from '../config/cheaper-settings.ts';
import type { Observation } from './cheaper.ts';
import type { MasterEvent, Plan, WorkerEvent, ZygoteEvent } from './events.ts';
import { WORKER_PHASES, type WorkerPhase, ZYGOTE_PHASES } from './machine-state.ts';
import { APP, COMMANDS, Rig, types } from './testing/rig.ts';

describe('every pair of phase and event', () => {
  const WORKER_EVENTS: WorkerEvent[] = [
    { type: 'worker-started', spawnId: 1, pid: 101 },
    { type: 'worker-not-started', spawnId: 1, message: 'no' },
    { type: 'worker-load-failed', spawnId: 1, text: 'no' },
    { type: 'worker-connected', spawnId: 1 },
    { type: 'worker-recycling', spawnId: 1 },
    { type: 'worker-worn', spawnId: 1 },
    { type: 'worker-too-large', spawnId: 1, what: 'RSS', bytes: 1 },
    { type: 'worker-drained', spawnId: 1 },
    { type: 'request-late', spawnId: 1, core: 0, requestId: 7, seconds: 1 },
    { type: 'request-overdue', spawnId: 1, core: 0, requestId: 7, seconds: 1, siblingsUntilMs: null },
    { type: 'handler-overdue', spawnId: 1, number: 3 },
    { type: 'worker-unreachable', spawnId: 1 },
    { type: 'worker-exited', spawnId: 1, code: 1, signal: null },
  ];
  const ZYGOTE_EVENTS: ZygoteEvent[] = [
    { type: 'zygote-loaded', generation: 1, apps: [APP] },
    { type: 'zygote-load-failed', generation: 1, text: 'no' },
    { type: 'zygote-exited', generation: 1, code: 1, signal: null },
  ];

  /** What becomes of worker 1, and what is done to it. */
  it('does to a worker what is written here and nothing else', () => {
    const table: Record<string, string> = {};
    for (const phase of WORKER_PHASES) {
      for (const event of WORKER_EVENTS) {
        const rig = inPhase(phase);
        const effects = rig.feed(event);
        const own = effects
          .filter((effect) => 'spawnId' in effect && effect.spawnId === 1)
          .map((effect) => effect.type);
        const becomes = rig.state.workers.get(1)?.phase ?? 'gone';
        if (becomes !== phase || own.length > 0) table[`${phase} + ${event.type}`] = [becomes, ...own].join(', ');
      }
    }
    expect(table).toMatchInlineSnapshot(`
      {
        "ending + worker-exited": "gone, forget-worker",
        "killed + worker-exited": "gone, forget-worker",
        "killed + worker-not-started": "gone, forget-worker",
        "killed + worker-started": "killed, signal-worker",
        "leaving + handler-overdue": "ending, count-harakiri, signal-worker",
        "leaving + request-late": "leaving, harakiri",
        "leaving + request-overdue": "ending, harakiri, signal-worker",
        "leaving + worker-exited": "gone, forget-worker",
        "leaving + worker-too-large": "killed, signal-worker",
        "overdue + handler-overdue": "ending, count-harakiri, signal-worker",
        "overdue + request-late": "overdue, harakiri",
        "overdue + request-overdue": "ending, harakiri, signal-worker",
        "overdue + worker-drained": "killed, signal-worker",
        "overdue + worker-exited": "gone, forget-worker",
        "overdue + worker-too-large": "killed, signal-worker",
        "ready + handler-overdue": "ending, count-harakiri, signal-worker",
        "ready + request-late": "ready, harakiri",
        "ready + request-overdue": "ending, harakiri, signal-worker",
        "ready + worker-exited": "gone, forget-worker",
        "ready + worker-recycling": "retiring, retire-worker",
        "ready + worker-too-large": "killed, retire-worker, signal-worker",
        "requested + worker-exited": "gone, forget-worker",
        "requested + worker-not-started": "gone, forget-worker",
        "requested + worker-started": "starting, admit-worker",
        "retiring + handler-overdue": "ending, count-harakiri, signal-worker",
        "retiring + request-late": "retiring, harakiri",
        "retiring + request-overdue": "ending, harakiri, signal-worker",
        "retiring + worker-drained": "leaving, exit-worker",
        "retiring + worker-exited": "gone, forget-worker",
        "retiring + worker-too-large": "killed, signal-worker",
        "starting + worker-connected": "ready",
        "starting + worker-exited": "gone, forget-worker",
        "starting + worker-recycling": "retiring, retire-worker",
      }
    `);
  });

  it('does to a zygote what is written here and nothing else', () => {
    const table: Record<string, string> = {};
    for (const phase of ZYGOTE_PHASES) {
      for (const event of ZYGOTE_EVENTS) {
        const rig = Rig.serving();
        const generation = rig.state.generations.get(1);
        if (generation === undefined) throw new Error('the rig has generation 1');
        generation.zygote = phase;
        // Nothing is due: settle does not start one by itself.
        generation.zygoteNotBeforeMs = rig.nowMs + 1000;
        rig.feed(event);
        const becomes = rig.state.generations.get(1)?.zygote ?? 'gone';
        if (becomes !== phase) table[`${phase} + ${event.type}`] = [becomes, ...types(rig.done)].join(', ');
      }
    }
    expect(table).toMatchInlineSnapshot(`
      {
        "killed + zygote-exited": "none",
        "leaving + zygote-exited": "none",
        "loading + zygote-exited": "none",
        "loading + zygote-loaded": "ready",
        "ready + zygote-exited": "loading, start-zygote",
      }
    `);
  });

  it('obeys each command in each phase as written here', () => {
    const table: Record<string, string> = {};
    const starts: Record<string, () => Rig> = {
      booting: () => {
        const rig = new Rig();
        rig.feed({ type: 'listeners-ready' });
        return rig;
      },
      serving: () => Rig.serving(),
      reloading: () => {
        const rig = Rig.serving();
        rig.reloadUpToLoading();
        return rig;
      },
      stopping: () => {
        const rig = Rig.serving();
        rig.command('graceful-stop');
        return rig;
      },
    };
    for (const [phase, makeRig] of Object.entries(starts)) {
      for (const command of COMMANDS)
        table[`${phase} + ${command}`] = types(makeRig().command(command)).join(', ') || '-';
    }
    expect(table).toMatchInlineSnapshot(`
      {
        "booting + add-worker": "-",
        "booting + brutal-reload": "-",
        "booting + brutal-reload-workers": "-",
        "booting + chain-reload": "-",
        "booting + cheap": "-",
        "booting + graceful-stop": "drain-gateways",
        "booting + pause": "pause",
        "booting + reload": "-",
        "booting + reload-workers": "-",
        "booting + remove-worker": "-",
        "booting + stop": "stop-gateways, kill-zygote",
        "reloading + add-worker": "fork-worker",
        "reloading + brutal-reload": "discard-config, kill-zygote, read-config",
        "reloading + brutal-reload-workers": "-",
        "reloading + chain-reload": "-",
        "reloading + cheap": "retire-worker, retire-worker",
        "reloading + graceful-stop": "discard-config, drain-gateways",
        "reloading + pause": "pause",
        "reloading + reload": "-",
        "reloading + reload-workers": "-",
        "reloading + remove-worker": "retire-worker",
        "reloading + stop": "discard-config, cut-worker, cut-worker, stop-gateways, kill-zygote",
        "serving + add-worker": "fork-worker",
        "serving + brutal-reload": "read-config",
        "serving + brutal-reload-workers": "retire-worker, cut-worker, retire-worker, cut-worker, fork-worker, fork-worker",
        "serving + chain-reload": "fork-worker",
        "serving + cheap": "retire-worker, retire-worker",
        "serving + graceful-stop": "drain-gateways",
        "serving + pause": "pause",
        "serving + reload": "read-config",
        "serving + reload-workers": "fork-worker, fork-worker",
        "serving + remove-worker": "retire-worker",
        "serving + stop": "cut-worker, cut-worker, stop-gateways",
        "stopping + add-worker": "-",
        "stopping + brutal-reload": "-",
        "stopping + brutal-reload-workers": "-",
        "stopping + chain-reload": "-",
        "stopping + cheap": "-",
        "stopping + graceful-stop": "-",
        "stopping + pause": "-",
        "stopping + reload": "-",
        "stopping + reload-workers": "-",
        "stopping + remove-worker": "-",
        "stopping + stop": "cut-worker, cut-worker, stop-gateways",
      }
    `);
  });
});

describe('every pair of phase and what the cycle brings', () => {
  const ADAPTIVE: Partial<Plan> = {
    processes: 3,
    cheaper: { ...defaultCheaper(), least: 1, initial: 2, algorithm: 'backlog', overload: 1 },
    idleMs: 1000,
  };
  const seen: Observation = { nowMs: 0, backlog: 0, requests: 0, rssBytes: 0, workers: [] };
  const EVENTS: Record<string, MasterEvent> = {
    'a cycle without requests': { type: 'cycle', seen },
    'a cycle with requests': { type: 'cycle', seen: { ...seen, requests: 1 } },
    'a cycle with a backlog': { type: 'cycle', seen: { ...seen, backlog: 9 } },
    demand: { type: 'demand', count: 9 },
  };
  const PHASES: Record<string, (rig: Rig) => void> = {
    serving: () => undefined,
    paused: (rig) => void rig.command('pause'),
    asleep: (rig) => void rig.command('cheap'),
    'asleep and paused': (rig) => {
      rig.command('cheap');
      rig.command('pause');
    },
    reloading: (rig) => rig.reloadUpToLoading(ADAPTIVE),
    'asleep and reloading': (rig) => {
      rig.command('cheap');
      rig.reloadUpToLoading(ADAPTIVE);
    },
    stopping: (rig) => void rig.command('graceful-stop'),
    'asleep and stopping': (rig) => {
      rig.command('cheap');
      rig.command('graceful-stop');
    },
  };

  it('does what is written here and nothing else', () => {
    const table: Record<string, string> = {};
    for (const [phase, enter] of Object.entries(PHASES)) {
      for (const [name, event] of Object.entries(EVENTS)) {
        const rig = Rig.serving(ADAPTIVE);
        enter(rig);
        rig.nowMs += 1000;
        table[`${phase} + ${name}`] = types(rig.feed(event)).join(', ') || '-';
      }
    }
    for (const [name, event] of Object.entries(EVENTS)) {
      const rig = new Rig({ ...ADAPTIVE, startsAsleep: true });
      rig.feed({ type: 'listeners-ready' });
      rig.feed(event);
      table[`booting, cheap + ${name}`] = types(rig.zygoteLoads()).join(', ') || '-';
    }
    expect(table).toMatchInlineSnapshot(`
      {
        "asleep + a cycle with a backlog": "fork-worker, fork-worker",
        "asleep + a cycle with requests": "-",
        "asleep + a cycle without requests": "-",
        "asleep + demand": "fork-worker, fork-worker",
        "asleep and paused + a cycle with a backlog": "-",
        "asleep and paused + a cycle with requests": "-",
        "asleep and paused + a cycle without requests": "-",
        "asleep and paused + demand": "-",
        "asleep and reloading + a cycle with a backlog": "fork-worker, fork-worker",
        "asleep and reloading + a cycle with requests": "-",
        "asleep and reloading + a cycle without requests": "-",
        "asleep and reloading + demand": "fork-worker, fork-worker",
        "asleep and stopping + a cycle with a backlog": "-",
        "asleep and stopping + a cycle with requests": "-",
        "asleep and stopping + a cycle without requests": "-",
        "asleep and stopping + demand": "-",
        "booting, cheap + a cycle with a backlog": "-",
        "booting, cheap + a cycle with requests": "-",
        "booting, cheap + a cycle without requests": "-",
        "booting, cheap + demand": "fork-worker, fork-worker",
        "paused + a cycle with a backlog": "-",
        "paused + a cycle with requests": "-",
        "paused + a cycle without requests": "-",
        "paused + demand": "-",
        "reloading + a cycle with a backlog": "fork-worker",
        "reloading + a cycle with requests": "retire-worker",
        "reloading + a cycle without requests": "retire-worker",
        "reloading + demand": "fork-worker",
        "serving + a cycle with a backlog": "fork-worker",
        "serving + a cycle with requests": "retire-worker",
        "serving + a cycle without requests": "retire-worker, retire-worker",
        "serving + demand": "fork-worker",
        "stopping + a cycle with a backlog": "-",
        "stopping + a cycle with requests": "-",
        "stopping + a cycle without requests": "-",
        "stopping + demand": "-",
      }
    `);
  });
});

function inPhase(phase: WorkerPhase): Rig {
  const rig = Rig.serving();
  const worker = rig.state.workers.get(1);
  if (worker === undefined) throw new Error('the rig has worker 1');
  worker.phase = phase;
  if (phase === 'requested') worker.pid = 0;
  return rig;
}
