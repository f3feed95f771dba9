/**
 * What is checked before a reload, what is expected of it, and which way is recommended. Looks at files, the FIFO
 * and the master's process; changes nothing.
 */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { StatsDocument } from '../../../engine/api/stats.ts';
import type { ReloadMethod, ReloadPlan } from '../../contract/model.ts';
import { DEFAULT_LISTEN, DEFAULT_MERCY_MS, type EffectiveConfig } from '../config/effective-config.ts';
import { findServerOf } from '../discover/discover.ts';
import { CoreError, describe } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';
import { seconds } from '../words.ts';
import { checkFifo } from './fifo.ts';
import { type Findings, listMethods } from './reload-methods.ts';

type Check = ReloadPlan['checks'][number];

/** Throws `reload-no-figures` while the instance does not answer. */
export async function makeReloadPlan(
  instance: Instance,
  config: EffectiveConfig | null,
  now: number,
): Promise<ReloadPlan> {
  const findings = await lookAround(instance, config);
  const methods = listMethods(findings);
  const recommended = methods.find((method) => method.enabled) ?? null;
  const forecast = makeForecast(instance, findings, recommended);
  return {
    instanceId: instance.id,
    methods,
    recommended: recommended?.id ?? null,
    checks: listChecks(instance, findings, forecast),
    checkedAtMs: now,
    forecast,
    acceptedBefore: recommended !== null && instance.record.acceptedMethods.includes(recommended.id),
  };
}

/** Longest time an application took to load, as the server measured it. */
export function startupMsOf(instance: Instance): number {
  const apps = instance.monitor.document?.workers.flatMap((worker) => worker.apps) ?? [];
  return Math.max(0, ...apps.map((app) => app.startup_time)) * 1000;
}

/** Throws `signal-not-master` unless the process is this server's. Sends nothing. */
export async function checkMaster(instance: Instance, document: StatsDocument): Promise<void> {
  if (instance.runner?.state.pid === document.pid) return;
  const server = await findServerOf(instance.machine, document, instance.target().address);
  if (server === null) throw new CoreError('signal-not-master', { pid: document.pid });
}

async function lookAround(instance: Instance, config: EffectiveConfig | null): Promise<Findings> {
  const { document, link } = instance.monitor;
  if (document === null || link.status !== 'attached') {
    throw new CoreError('reload-no-figures', { name: instance.record.name });
  }
  const fifoPath = config?.masterFifos[0];
  const touchPath = config?.touchReload[0];
  const [fifo, touch, signalTrouble] = await Promise.all([
    fifoPath === undefined ? null : checkFifo(fifoPath, document.pid).then((check) => ({ path: fifoPath, check })),
    touchPath === undefined ? null : lookAtTouchFile(touchPath),
    findSignalTrouble(instance, document),
  ]);
  return {
    config,
    masterPid: document.pid,
    fifo,
    touch,
    signalTrouble,
    isReeveEngine: instance.isReeveEngine,
    workers: document.workers.filter((worker) => worker.pid > 0).length,
  };
}

async function lookAtTouchFile(path: string): Promise<NonNullable<Findings['touch']>> {
  try {
    const found = await stat(path).catch(() => null);
    await access(found === null ? dirname(path) : path, constants.W_OK);
    return { path, exists: found !== null, trouble: null };
  } catch (error) {
    return { path, exists: false, trouble: `${path} can not be touched: ${describe(error)}.` };
  }
}

async function findSignalTrouble(instance: Instance, document: StatsDocument): Promise<string | null> {
  const { pid } = document;
  if (process.platform === 'win32') return 'Windows has no such signal.';
  try {
    await checkMaster(instance, document);
    process.kill(pid, 0);
    return null;
  } catch (error) {
    if (error instanceof CoreError) return error.message;
    return `Process ${pid} can not be signalled: ${describe(error)}.`;
  }
}

function makeForecast(instance: Instance, findings: Findings, method: ReloadMethod | null): ReloadPlan['forecast'] {
  const startupMs = startupMsOf(instance);
  const rate = instance.monitor.figures?.reqPerSec ?? null;
  const mercyMs = findings.config?.mercyMs ?? DEFAULT_MERCY_MS;
  const longestMs = Math.min(instance.monitor.requests[0]?.elapsedMs ?? 0, mercyMs);
  const chain = method?.id === 'fifo-chain';
  if (findings.isReeveEngine) {
    return { durationMs: startupMs + 500 + longestMs, queuePeak: 0, requestsAtRisk: 0 };
  }
  if (chain) return { durationMs: findings.workers * (startupMs + 1_500), queuePeak: null, requestsAtRisk: 0 };
  // Between the end of the old workers and the first new one nobody takes requests: they wait in the listen queue.
  const silenceMs = 1_000 + startupMs;
  const queuePeak = rate === null ? null : Math.round((rate * silenceMs) / 1000);
  const room = (instance.monitor.figures?.listenMax ?? findings.config?.listen ?? DEFAULT_LISTEN) - (queuePeak ?? 0);
  return {
    durationMs: longestMs + silenceMs + 1_000,
    queuePeak,
    requestsAtRisk: queuePeak === null ? null : Math.max(0, -room),
  };
}

function listChecks(instance: Instance, findings: Findings, forecast: ReloadPlan['forecast']): Check[] {
  const checks = [...fifoChecks(findings), configCheck(findings), lazyCheck(findings)].filter(
    (check) => check !== null,
  );
  return [...checks, queueCheck(instance, forecast), longestCheck(instance, findings)];
}

function fifoChecks({ fifo, masterPid }: Findings): Check[] {
  if (fifo === null) return [];
  const { check } = fifo;
  if (check.status === 'unusable') {
    const reader = check.error.code === 'fifo-no-reader';
    const title = reader ? 'Master is reading it' : 'FIFO is a FIFO';
    return [
      {
        id: reader ? 'fifo-reader' : 'fifo',
        title,
        value: 'no',
        status: 'fail',
        detail: `${check.error.message} ${check.error.hint}`,
      },
    ];
  }
  return [
    { id: 'fifo', title: 'FIFO is a FIFO', value: check.mode, status: 'pass', detail: fifo.path },
    {
      id: 'fifo-reader',
      title: 'Master is reading it',
      value: check.readBy === null ? 'yes' : `pid ${check.readBy}`,
      status: 'pass',
      detail: check.readBy === null ? `A process reads it; that it is ${masterPid} can not be seen.` : null,
    },
  ];
}

function configCheck({ config, isReeveEngine }: Findings): Check {
  const title = 'Configuration parses';
  if (config === null) {
    return {
      id: 'config',
      title,
      value: 'not known',
      status: 'warn',
      detail: 'Which file the server reads is not known.',
    };
  }
  const [error] = config.errors;
  if (error === undefined) {
    return { id: 'config', title, value: `${config.optionCount} options`, status: 'pass', detail: config.configPath };
  }
  if (config.otherFormat) return { id: 'config', title, value: 'not checked', status: 'warn', detail: error };
  const then = isReeveEngine ? 'The old workers would serve on.' : 'A master that starts anew would end.';
  return { id: 'config', title, value: 'no', status: 'fail', detail: `${error} ${then}` };
}

function lazyCheck({ config, isReeveEngine }: Findings): Check | null {
  if (config === null || isReeveEngine) return null;
  const detail = config.lazyApps
    ? null
    : 'New code comes only with a full reload: chain and workers keep the loaded one.';
  return { id: 'lazy-apps', title: 'lazy-apps', value: String(config.lazyApps), status: 'pass', detail };
}

function queueCheck(instance: Instance, forecast: ReloadPlan['forecast']): Check {
  const { figures } = instance.monitor;
  const queue = figures?.listenQueue ?? 0;
  const most = figures?.listenMax ?? null;
  const title = 'Queue has room';
  if (most === null) return { id: 'queue', title, value: `${queue}`, status: 'pass', detail: null };
  const expected = queue + (forecast.queuePeak ?? 0);
  const value = `${queue} of ${most}`;
  if (expected <= most) return { id: 'queue', title, value, status: 'pass', detail: null };
  const detail = `About ${expected} requests would wait and ${most} may: raise 'listen', or use a chain reload.`;
  return { id: 'queue', title, value, status: 'warn', detail };
}

function longestCheck(instance: Instance, { config }: Findings): Check {
  const title = 'Longest request';
  const [longest] = instance.monitor.requests;
  if (longest === undefined || longest.elapsedMs === null) {
    return { id: 'longest', title, value: 'none runs', status: 'pass', detail: null };
  }
  const mercyMs = config?.mercyMs ?? DEFAULT_MERCY_MS;
  const value = `worker ${longest.wid}, ${seconds(longest.elapsedMs)}`;
  const what = `${longest.method} ${longest.path}`.trim();
  if (longest.elapsedMs < Math.min(10_000, mercyMs / 2))
    return { id: 'longest', title, value, status: 'pass', detail: what };
  const detail = `${what}. What still runs ${seconds(mercyMs)} after the reload begins is cut off (worker-reload-mercy).`;
  return { id: 'longest', title, value, status: 'warn', detail };
}
