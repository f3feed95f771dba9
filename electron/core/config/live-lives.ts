/**
 * Live figures of requests and of the lives of workers: how long requests take, how large workers grow, how often they are
 * replaced, how long they take to start and to let go. One small rule for each option, as careful as live-figures.ts.
 */
import type { OptionFigure } from '../../contract/live-figures.ts';
import { bytes, count, seconds, shortTime, span } from '../words.ts';
import { daySpan, type LiveFacts, median, parts, windowWords } from './live-rule.ts';

const ENOUGH_LIVES = 5;
const MINUTE_MS = 60_000;

export function harakiri(facts: LiveFacts): OptionFigure | null {
  const { slowestMs, longestNow, peaks, values, day } = facts;
  const slowest = Math.max(slowestMs ?? 0, peaks.longestMs);
  if (slowest === 0) return null;
  const limitMs = (Number.parseInt(values.get('harakiri') ?? '', 10) || 0) * 1000;
  const isNear = (ms: number): boolean => limitMs > 0 && ms > limitMs / 2;
  const isLong = longestNow !== null && (isNear(longestNow.ms) || longestNow.ms >= 10_000);
  const shown = isLong ? longestNow.ms : slowest;
  const killed =
    day === null || day.harakiri === 0
      ? ''
      : ` Harakiri ended ${count(Math.round(day.harakiri), 'worker', 'workers')} in ${daySpan(day)}.`;
  const rows: OptionFigure['rows'] = [['Slowest seen', shortTime(slowest)]];
  if (longestNow !== null && longestNow.ms >= 1_000)
    rows.push(['Longest now', `${shortTime(longestNow.ms)}, ${longestNow.what}`]);
  return {
    option: 'harakiri',
    parts: parts(isLong ? 'longest now' : 'slowest', shortTime(shown), isNear(shown) ? 'warn' : 'value'),
    rows,
    suggestion: null,
    evidence: `${windowWords(facts)}.${killed}`,
  };
}

export function memoryLimit(facts: LiveFacts, option: string): OptionFigure | null {
  const { largestBytes, values, lives } = facts;
  if (largestBytes === null) return null;
  const limit = (Number.parseInt(values.get(option) ?? '', 10) || 0) * 1024 * 1024;
  const tone = limit > 0 && largestBytes >= limit * 0.9 ? 'warn' : 'value';
  const figure = {
    option,
    parts: parts('largest', bytes(largestBytes), tone),
    rows: [['Largest worker now', bytes(largestBytes)] satisfies [string, string]],
  };
  // The memory of a worker that ended is that of the last poll before; close to the limit means that it was the reason.
  const ended = limit === 0 ? [] : lives.filter(({ rssBytes }) => rssBytes >= limit * 0.9);
  const life = median(ended.map(({ lifeMs }) => lifeMs));
  if (life === null || ended.length < ENOUGH_LIVES || life > 10 * MINUTE_MS) {
    return {
      ...figure,
      suggestion: null,
      evidence: `${windowWords(facts)}; ${count(ended.length, 'worker was', 'workers were')} replaced near the limit.`,
    };
  }
  const wanted = Math.ceil((limit / 1024 / 1024) * 1.5);
  return {
    ...figure,
    suggestion: { value: String(wanted), title: `${option} = ${wanted}` },
    evidence: `${ended.length} workers reached the limit, each after about ${span(life)}: they are replaced more often than a leak would need.`,
  };
}

export function maxRequests(facts: LiveFacts): OptionFigure | null {
  const { nearest, lives, values, startupMs } = facts;
  const limit = Number.parseInt(values.get('max-requests') ?? '', 10) || 0;
  if (nearest === null || limit === 0) return null;
  const ended = lives.filter(({ requests }) => requests >= limit * 0.9);
  const life = median(ended.map(({ lifeMs }) => lifeMs));
  const rows: OptionFigure['rows'] = [['Nearest to it', `${nearest.requests} requests, worker ${nearest.wid}`]];
  if (life !== null)
    rows.push(['Time between two lives', `about ${span(life)}, ${count(ended.length, 'life', 'lives')}`]);
  const figure = {
    option: 'max-requests',
    parts: parts(
      life === null ? 'nearest' : 'new every',
      life === null ? `${nearest.requests}, wid ${nearest.wid}` : span(life),
      life !== null && life < MINUTE_MS ? 'warn' : 'value',
    ),
    rows,
  };
  if (life === null || ended.length < ENOUGH_LIVES || life >= MINUTE_MS) {
    return {
      ...figure,
      suggestion: null,
      evidence: `${windowWords(facts)}; ${count(ended.length, 'worker', 'workers')} reached it.`,
    };
  }
  // A worker below 'min-worker-lifetime' goes on beyond the limit: what it served says more than the limit.
  const perMs = median(ended.map(({ requests, lifeMs }) => requests / lifeMs)) ?? limit / life;
  const wanted = roundUp(Math.max(limit / life, perMs) * 10 * MINUTE_MS);
  const price = startupMs === null || startupMs < 100 ? '' : ` Each start takes ${seconds(startupMs)}.`;
  return {
    ...figure,
    suggestion: { value: String(wanted), title: `max-requests = ${wanted}` },
    evidence: `A worker reaches it after about ${span(life)} (${ended.length} lives).${price} ${wanted} would be about ${span(wanted / Math.max(limit / life, perMs))}.`,
  };
}

export function reloadMercy({ drains, values }: LiveFacts): OptionFigure | null {
  if (drains.length === 0) return null;
  const longest = Math.max(...drains.map(({ longestMs }) => longestMs));
  const cut = drains.filter(({ cutOff }) => cutOff > 0).length;
  const mercy = Number.parseInt(values.get('worker-reload-mercy') ?? '', 10) || 60;
  const limit = Number.parseInt(values.get('harakiri') ?? '', 10) || 0;
  const said = `${count(drains.length, 'watched reload', 'watched reloads')}; the slowest worker took ${seconds(longest)} to let go`;
  const wanted = cut > 0 && limit > mercy ? limit : null;
  return {
    option: 'worker-reload-mercy',
    parts: parts('longest drain', seconds(longest), cut > 0 ? 'warn' : 'value'),
    rows: [['Longest drain', seconds(longest)]],
    suggestion: wanted === null ? null : { value: String(wanted), title: `worker-reload-mercy = ${wanted}` },
    evidence:
      cut === 0
        ? `${said}.`
        : `${said}, and ${cut} of them cut requests off at the end of mercy; harakiri allows ${limit === 0 ? 'any time' : `${limit} s`}.`,
  };
}

export function startUp(facts: LiveFacts, option: string): OptionFigure | null {
  const { startupMs, values } = facts;
  if (startupMs === null || (startupMs === 0 && option !== 'lazy-apps') || !values.has(option)) return null;
  const value = startupMs < 1_000 ? 'below 1 s' : seconds(startupMs);
  return {
    option,
    parts: parts('start-up', value, 'value'),
    rows: [['Loading the application', value]],
    suggestion: null,
    evidence: 'As the server measured it when its workers started, in whole seconds.',
  };
}

export function memoryReport(facts: LiveFacts): OptionFigure | null {
  const { memoryBytes, workers } = facts;
  if (memoryBytes === null) return null;
  return {
    option: 'memory-report',
    parts: parts('all workers', bytes(memoryBytes), 'value'),
    rows: [['Memory of all workers now', bytes(memoryBytes)]],
    suggestion: null,
    evidence: `${count(workers, 'worker', 'workers')}; memory that they share is counted in each.`,
  };
}

/** The next of 10, 20, 50, 100, 200, … */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((digit) => digit * power >= value) ?? 10) * power;
}
