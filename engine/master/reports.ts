/** Longer texts of the log, made from data: harakiri, statistics, the configuration in effect. */
import { readFileSync } from 'node:fs';
import type { StatsDocument } from '../api/stats.ts';
import { CHEAPER_ALGORITHMS } from '../config/cheaper-settings.ts';
import { formatOrigin } from '../config/errors.ts';
import { ACTION_NAMES } from '../config/routing-actions.ts';
import type { EngineSettings } from '../config/settings.ts';
import { describeBusyness } from './cheaper-busyness.ts';
import type { Question } from './control.ts';
import type { Effect } from './effects.ts';

/** The lines of one overdue request, in uWSGI's words and order; `vars` are those of the stats document. */
export function describeOverdue(
  effect: Extract<Effect, { type: 'harakiri' }>,
  vars: readonly string[],
  startMs: number,
  kernelState: readonly string[],
): string[] {
  const value = (name: string): string =>
    vars.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? '-';
  const request = `${value('REMOTE_ADDR')} - ${value('REQUEST_METHOD')} ${value('REQUEST_URI')}`;
  const graceful = effect.isGraceful ? ', graceful: yes' : '';
  return [
    `*** HARAKIRI ON WORKER ${effect.wid} (pid: ${effect.pid}, try: ${effect.attempt}${graceful}) ***`,
    ...kernelState,
    `HARAKIRI !!! worker ${effect.wid} status !!!`,
    `HARAKIRI [core ${effect.core}] ${request} since ${Math.floor(startMs / 1000)} (${effect.seconds} s)`,
    `HARAKIRI !!! end of worker ${effect.wid} status !!!`,
  ];
}

/** `harakiri-verbose`: where the kernel has the process. Linux only, and only as far as it may be read. */
export function describeKernelState(pid: number): string[] {
  const lines: string[] = [];
  for (const name of ['syscall', 'wchan']) {
    try {
      lines.push(`HARAKIRI: -- ${name}> ${readFileSync(`/proc/${pid}/${name}`, 'latin1').trim()}`);
    } catch {
      // Not Linux, not permitted, or the process is gone: nothing to say.
      continue;
    }
  }
  return lines;
}

/** SIGUSR1 and the FIFO's `s`. */
export function statisticsLines(document: StatsDocument, settings: EngineSettings): string[] {
  const workers = document.workers.map(
    (worker) =>
      `worker ${worker.id} (pid: ${worker.pid}, ${worker.status}): ${worker.requests} requests, ` +
      `${worker.exceptions} exceptions, ${worker.harakiri_count} harakiri, ${worker.respawn_count} spawns, ` +
      `${worker.avg_rt} µs average, ${worker.tx} bytes sent`,
  );
  return [
    `*** statistics of pid ${document.pid}: ${document.listen_queue} requests wait, ${document.listen_queue_errors} were refused ***`,
    ...workers,
    '*** configuration in effect ***',
    ...configurationLines(settings),
    '*** end of statistics ***',
  ];
}

/** What `cheaper-algo-list` and `cheaper-busyness-verbose` say at the start. */
export function cheaperLines({ cheaper, listCheaperAlgorithms }: EngineSettings): string[] {
  const list = ['*** cheaper algorithms ***', ...CHEAPER_ALGORITHMS, '--- end of cheaper algorithms list ---'];
  const isTold = cheaper.least > 0 && cheaper.algorithm === 'busyness' && cheaper.busyness.verbose;
  return [...(listCheaperAlgorithms ? list : []), ...(isTold ? [describeBusyness(cheaper)] : [])];
}

/** `router-list`: the actions that routes may name. */
export function routerLines({ routing }: EngineSettings): string[] {
  if (!routing.listsActions) return [];
  return ['*** uWSGI loaded routers ***', ...ACTION_NAMES, '--- end of routers list ---'];
}

/** `show-config`. */
export function configurationLines(settings: EngineSettings): string[] {
  return settings.options.map(({ key, value, origin }) => `${key} = ${value}   (${formatOrigin(origin)})`);
}

/** What applications ask through the module `uwsgi`. */
export function answerOf(question: Question, document: StatsDocument): unknown {
  switch (question) {
    case 'workers':
      return document.workers.map(({ cores: _cores, accepting: _accepting, ...worker }) => worker);
    case 'total-requests':
      return document.workers.reduce((sum, worker) => sum + worker.requests, 0);
    case 'listen-queue':
      return document.listen_queue;
  }
}
