import { describe, expect, it } from 'vitest';
import type { WorkerEvent, ZygoteEvent } from './events.ts';
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
    { type: 'request-overdue', spawnId: 1, core: 0, requestId: 7, seconds: 1, siblingsUntilMs: null },
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
        "leaving + request-overdue": "ending, harakiri, signal-worker",
        "leaving + worker-exited": "gone, forget-worker",
        "leaving + worker-too-large": "killed, signal-worker",
        "overdue + request-overdue": "ending, harakiri, signal-worker",
        "overdue + worker-drained": "killed, signal-worker",
        "overdue + worker-exited": "gone, forget-worker",
        "overdue + worker-too-large": "killed, signal-worker",
        "ready + request-overdue": "ending, harakiri, signal-worker",
        "ready + worker-exited": "gone, forget-worker",
        "ready + worker-recycling": "leaving, exit-worker",
        "ready + worker-too-large": "killed, signal-worker",
        "requested + worker-exited": "gone, forget-worker",
        "requested + worker-not-started": "gone, forget-worker",
        "requested + worker-started": "starting, admit-worker",
        "retiring + request-overdue": "ending, harakiri, signal-worker",
        "retiring + worker-drained": "leaving, exit-worker",
        "retiring + worker-exited": "gone, forget-worker",
        "retiring + worker-recycling": "leaving, exit-worker",
        "retiring + worker-too-large": "killed, signal-worker",
        "starting + worker-connected": "ready",
        "starting + worker-exited": "gone, forget-worker",
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

function inPhase(phase: WorkerPhase): Rig {
  const rig = Rig.serving();
  const worker = rig.state.workers.get(1);
  if (worker === undefined) throw new Error('the rig has worker 1');
  worker.phase = phase;
  if (phase === 'requested') worker.pid = 0;
  return rig;
}
