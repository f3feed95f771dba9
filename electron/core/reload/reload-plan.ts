/**
 * What is checked before a reload, what is expected of it, and which way is recommended. What there is to see was
 * looked up by look-around.ts; nothing is changed.
 */
import type { ReloadMethod, ReloadPlan } from '../../contract/reload-model.ts';
import { DEFAULT_LISTEN, DEFAULT_MERCY_MS, type EffectiveConfig } from '../config/effective-config.ts';
import type { ErrorCode } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';
import { count, seconds } from '../words.ts';
import { makeForecast } from './forecast.ts';
import { lookAround } from './look-around.ts';
import { recommend } from './recommend.ts';
import { type Findings, isChain, isFull, listMethods } from './reload-methods.ts';

type Check = ReloadPlan['checks'][number];

export interface PlanOptions {
  now: number;
  sudo: boolean;
  /** When a reload from here read the configuration last. */
  loadedAtMs: number | null;
}

/** Throws `reload-no-figures` while the instance does not answer. */
export async function makeReloadPlan(
  instance: Instance,
  config: EffectiveConfig | null,
  options: PlanOptions,
): Promise<ReloadPlan> {
  const findings = await lookAround(instance, config, options);
  const methods = listMethods(findings);
  const proposal = recommend(methods, findings);
  const recommended = proposal?.method ?? null;
  const forecast = forecastOf(instance, findings, recommended);
  const { acceptedMethods } = instance.record;
  return {
    instanceId: instance.id,
    methods,
    recommended: recommended?.id ?? null,
    why: proposal?.why ?? null,
    checks: listChecks(instance, findings, forecast),
    checkedAtMs: options.now,
    forecast,
    acceptedBefore: recommended !== null && acceptedMethods.includes(recommended.id),
    acceptedMethods,
    sudo: options.sudo,
    needsName: instance.isReadOnly,
  };
}

/** Longest time an application took to load, as the server measured it. */
export function startupMsOf(instance: Instance): number {
  const apps = instance.monitor.document?.workers.flatMap((worker) => worker.apps) ?? [];
  return Math.max(0, ...apps.map((app) => app.startup_time)) * 1000;
}

function forecastOf(instance: Instance, findings: Findings, method: ReloadMethod | null): ReloadPlan['forecast'] {
  const { figures, requests } = instance.monitor;
  const mercyMs = findings.config?.mercyMs ?? DEFAULT_MERCY_MS;
  return makeForecast({
    isReeveEngine: findings.isReeveEngine,
    chain: method !== null && isChain(method.id),
    full: method === null || isFull(method.id, findings.config),
    router: findings.config?.router === true,
    workers: findings.workers,
    startupMs: startupMsOf(instance),
    reqPerSec: figures?.reqPerSec ?? null,
    listen: figures?.listenMax ?? findings.config?.listen ?? DEFAULT_LISTEN,
    mercyMs,
    longestMs: Math.min(requests[0]?.elapsedMs ?? 0, mercyMs),
  });
}

function listChecks(instance: Instance, findings: Findings, forecast: ReloadPlan['forecast']): Check[] {
  const checks = [...fifoChecks(findings), configCheck(findings), lazyCheck(findings)].filter(
    (check) => check !== null,
  );
  return [...checks, mercyCheck(findings), queueCheck(instance, forecast), longestCheck(instance, findings)];
}

/** What a check asks, to which each of these is the answer no. */
const FIFO_QUESTIONS: Partial<Record<ErrorCode, string>> = {
  'fifo-no-reader': 'Master is reading it',
  'fifo-missing': 'FIFO exists',
  'fifo-not-fifo': 'FIFO is a FIFO',
  'fifo-permission': 'FIFO can be written',
  'sudo-refused': 'sudo -n is allowed',
};

export function fifoChecks({ fifo, masterPid }: Pick<Findings, 'fifo' | 'masterPid'>): Check[] {
  if (fifo === null) return [];
  const { check } = fifo;
  if (check.status === 'unusable') {
    const reader = check.error.code === 'fifo-no-reader';
    const title = FIFO_QUESTIONS[check.error.code] ?? 'FIFO can be looked at';
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
    {
      id: 'fifo',
      title: 'FIFO is a FIFO',
      value: `${check.mode} ${fifo.owner ?? ''}`.trim(),
      status: 'pass',
      detail: fifo.path,
    },
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

function mercyCheck({ config }: Findings): Check {
  const value = seconds(config?.mercyMs ?? DEFAULT_MERCY_MS);
  return { id: 'mercy', title: 'Mercy', value, status: 'pass', detail: null };
}

function queueCheck(instance: Instance, forecast: ReloadPlan['forecast']): Check {
  const { figures } = instance.monitor;
  const queue = figures?.listenQueue ?? 0;
  const { requestsAtRisk } = forecast;
  const most = figures?.listenMax ?? null;
  const title = 'Queue has room';
  if (most === null) return { id: 'queue', title, value: `${queue}`, status: 'pass', detail: null };
  const value = `${queue} of ${most}`;
  if (queue <= most / 2 && (requestsAtRisk ?? 0) === 0)
    return { id: 'queue', title, value, status: 'pass', detail: null };
  const detail = `${forecast.text} Raise 'listen', or use a chain reload.`;
  return { id: 'queue', title, value, status: 'warn', detail };
}

/** Workers whose request runs so long that it may outlast the mercy. */
function longestCheck(instance: Instance, { config }: Findings): Check {
  const title = 'Longest request';
  const { requests } = instance.monitor;
  const [longest] = requests;
  if (longest === undefined || longest.elapsedMs === null) {
    return { id: 'longest', title, value: 'none runs', status: 'pass', detail: null };
  }
  const mercyMs = config?.mercyMs ?? DEFAULT_MERCY_MS;
  const value = `worker ${longest.wid}, ${seconds(longest.elapsedMs)}`;
  const what = `${longest.method} ${longest.path}`.trim();
  const limitMs = Math.min(10_000, mercyMs / 2);
  if (longest.elapsedMs < limitMs) return { id: 'longest', title, value, status: 'pass', detail: what };
  const stuck = new Set(requests.filter(({ elapsedMs }) => (elapsedMs ?? 0) >= limitMs).map(({ wid }) => wid));
  const many = stuck.size > 1 ? ` ${count(stuck.size, 'worker is', 'workers are')} in requests that long.` : '';
  const detail = `${what}.${many} What still runs ${seconds(mercyMs)} after the reload begins is cut off (worker-reload-mercy).`;
  return { id: 'longest', title, value, status: 'warn', detail };
}
