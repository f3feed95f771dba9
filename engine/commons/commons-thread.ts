/** Entry of the commons' worker thread: listens, follows the settings, sweeps the caches and reports to the master. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CommonsSettings } from '../config/commons-settings.ts';
import { waitable } from '../longest-wait.ts';
import { CommonsServer } from './commons-server.ts';
import type { CommonsBoot, CommonsToMaster, DeclaredMetrics, MasterToCommons } from './messages.ts';
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
      return say({ type: 'adopted', problem: adopt(message.settings) });
    case 'metrics':
      return adoptMetrics(message.metrics);
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
// Before it listens: the first client finds all its locks, caches and metrics.
const problem = boot.settings === null ? null : adopt(boot.settings);
if (boot.mailboxBytes !== null) state.mailboxes.maxBytes = boot.mailboxBytes;
if (boot.metrics !== null) adoptMetrics(boot.metrics);
say({ type: 'ready', endpoint: await server.listen(boot.endpoint), problem });

/** What is not as the settings say; null: all is. */
function adopt(settings: CommonsSettings): string | null {
  const problems = state.adopt(settings);
  clearInterval(sweep);
  const { sweepSeconds, reportsFreed } = settings;
  sweep =
    settings.caches.length === 0
      ? undefined
      : setInterval(() => sweepCaches(reportsFreed), waitable(sweepSeconds * 1000));
  report();
  return problems.length === 0 ? null : problems.join(' ');
}

function adoptMetrics({ declared, measured }: DeclaredMetrics): void {
  state.metrics.declare(declared);
  state.metrics.measure(measured);
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
