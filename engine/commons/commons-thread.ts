/** Entry of the commons' worker thread: listens, follows the settings, sweeps the caches and reports to the master. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CommonsSettings } from '../config/commons-settings.ts';
import { waitable } from '../longest-wait.ts';
import { CommonsServer } from './commons-server.ts';
import type { CommonsBoot, CommonsToMaster, MasterToCommons } from './messages.ts';
import { CommonsState } from './state.ts';

const REPORT_INTERVAL_MS = 200;

if (parentPort === null) throw new Error('commons-thread.ts is started by the engine as a worker thread.');
const port = parentPort;
const boot: CommonsBoot = workerData;
const say = (message: CommonsToMaster): void => port.postMessage(message, []);
const log = (text: string): void => say({ type: 'log', text });
const state = new CommonsState({ nowMs: () => Date.now(), log });
const server = new CommonsServer({ state, token: boot.token, log });
let reportedAt = -1;
let sweep: NodeJS.Timeout | undefined;

const reports = setInterval(() => {
  if (server.handled !== reportedAt) report();
}, REPORT_INTERVAL_MS);

port.on('message', (message: MasterToCommons) => {
  switch (message.type) {
    case 'settings':
      return adopt(message.settings);
    case 'metrics':
      state.metrics.declare(message.declared);
      return state.metrics.measure(message.measured);
    case 'set-metric':
      if (state.metrics.change(message.name, 'set', BigInt(message.value))) report();
      return;
    case 'renew-metric':
      state.metrics.renew(message.name, message);
      return report();
    case 'message':
      if (!state.mailboxes.push(message.mailbox, Buffer.from(message.text))) {
        log(`*** a message to '${message.mailbox}' is left out: as many as may wait do ***`);
      }
      return;
    case 'mailbox-size':
      state.mailboxes.maxBytes = message.bytes;
      return;
    case 'stop':
      return stop();
  }
});
say({ type: 'ready', endpoint: await server.listen(boot.endpoint) });

function adopt(settings: CommonsSettings): void {
  const problems = state.adopt(settings);
  clearInterval(sweep);
  const { sweepSeconds, reportsFreed } = settings;
  sweep =
    settings.caches.length === 0
      ? undefined
      : setInterval(() => sweepCaches(reportsFreed), waitable(sweepSeconds * 1000));
  report();
  say({ type: 'adopted', problem: problems.length === 0 ? null : problems.join(' ') });
}

function sweepCaches(reportsFreed: boolean): void {
  for (const cache of state.caches()) {
    const freed = cache.sweep();
    if (freed === 0) continue;
    if (reportsFreed) log(`freed ${freed} items for cache "${cache.setting.name}"`);
    report();
  }
}

function report(): void {
  reportedAt = server.handled;
  say({ type: 'report', report: state.report() });
}

function stop(): void {
  clearInterval(reports);
  clearInterval(sweep);
  server.dispose();
  state.dispose();
  port.close();
}
