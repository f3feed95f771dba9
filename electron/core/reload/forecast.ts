/**
 * What a reload will cost, from what was measured: requests that come while nobody takes them wait in the listen queue,
 * and what does not fit into it is refused. Pure.
 */
import type { ReloadPlan } from '../../contract/reload-model.ts';
import { seconds } from '../words.ts';

export type Forecast = ReloadPlan['forecast'];

export interface ForecastFacts {
  isReeveEngine: boolean;
  chain: boolean;
  /** The master itself starts anew. */
  full: boolean;
  /** uWSGI's own HTTP router stands before the workers. */
  router: boolean;
  workers: number;
  /** Longest load of an application, as measured at its last start. */
  startupMs: number;
  /** null: not measured yet. */
  reqPerSec: number | null;
  /** Places of the listen queue. */
  listen: number;
  /** The longest request that runs, at most the mercy. */
  longestMs: number;
  mercyMs: number;
}

/** A full reload takes about a second beside the load of the application. */
const RESTART_MS = 1_000;
/** A request that runs longer may as well run for long from now on. */
const LONG_MS = 2_000;

export function makeForecast(facts: ForecastFacts): Forecast {
  const { isReeveEngine, chain, workers, startupMs, reqPerSec, listen, longestMs } = facts;
  if (isReeveEngine) {
    const text = 'The new workers load beside the old ones: nothing waits.';
    return { durationMs: startupMs + 500 + longestMs, queuePeak: 0, requestsAtRisk: 0, text };
  }
  if (chain) {
    const text = `One of ${workers} workers at a time is away for about ${seconds(startupMs + 1_500)}; the others serve.`;
    return { durationMs: workers * (startupMs + 1_500), queuePeak: null, requestsAtRisk: 0, text };
  }
  // Between the end of the old workers and the first new one nobody takes requests: they wait in the listen queue.
  const silenceMs = (facts.full ? RESTART_MS : 0) + startupMs;
  const durationMs = longestMs + silenceMs + 1_000;
  const dropped =
    facts.full && facts.router
      ? ' The HTTP router is killed first: requests on their way through it are dropped, and new ones are refused.'
      : '';
  // The workers of a full reload end one by one and start together: the longest request holds up all of them.
  const held =
    facts.full && longestMs >= LONG_MS
      ? ` A request has run for ${seconds(longestMs)}: until it ends, at most ${seconds(facts.mercyMs)}, nobody takes requests either.`
      : '';
  if (reqPerSec === null) {
    const text = `Nobody takes requests for about ${seconds(silenceMs)}; how many come is not measured yet.${held}${dropped}`;
    return { durationMs, queuePeak: null, requestsAtRisk: null, text };
  }
  const waiting = Math.round((reqPerSec * silenceMs) / 1000);
  const atRisk = Math.max(0, waiting - listen);
  const sum = `${rate(reqPerSec)} req/s × ${seconds(silenceMs)} without a worker: about ${waiting} requests wait`;
  const room = atRisk > 0 ? `, ${listen} may, so about ${atRisk} are refused.` : `, ${listen} may.`;
  return {
    durationMs,
    queuePeak: Math.min(waiting, listen),
    requestsAtRisk: atRisk,
    text: `${sum}${room}${held}${dropped}`,
  };
}

function rate(perSec: number): string {
  return perSec < 10 ? perSec.toFixed(1) : String(Math.round(perSec));
}
