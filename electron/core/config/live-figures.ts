/**
 * What options come to on the running server, and what their figures suggest: one small rule for each option. Careful on
 * purpose: a suggestion needs enough data, says what it rests on, and keeps quiet in doubt. Pure; live-facts.ts gathers.
 */
import type { FigurePart, OptionFigure } from '../../contract/live-figures.ts';
import type { HistoryPeaks } from '../history/history-db.ts';
import type { TrackedPeaks, WorkerLife } from '../samples/live-tracker.ts';
import { bytes, clock, count, seconds, shortTime, span } from '../words.ts';

export interface LiveFacts {
  nowMs: number;
  /** Samples of the last 15 minutes, one a second, and the time they span. */
  samples: number;
  windowMs: number;
  /** Samples in which every worker was busy. */
  allBusySamples: number;
  busyPeak: number;
  queuePeak: number;
  queuePeakAtMs: number;
  /** null: no socket reports one. */
  queueLimit: number | null;
  slowestMs: number | null;
  /** Worker slots, cheap ones too; cores of all of them. */
  workers: number;
  cores: number;
  /** Of the workers that run now, by requests since their start. */
  nearest: { wid: number; requests: number } | null;
  longestNow: { ms: number; what: string } | null;
  startupMs: number | null;
  memoryBytes: number | null;
  largestBytes: number | null;
  peaks: TrackedPeaks;
  lives: readonly WorkerLife[];
  /** Up to 24 hours back; null: nothing is kept. */
  day: HistoryPeaks | null;
  /** Reloads that were watched: how long the slowest worker took to let go, and requests that were cut off. */
  drains: readonly { longestMs: number; cutOff: number }[];
  /** Of this machine, where the server runs on it; null: not known. */
  machine: { cpus: number; freeBytes: number; somaxconn: number | null } | null;
  /** Values in effect by main name of the option. */
  values: ReadonlyMap<string, string>;
}

const BUCKETS_IN_HOUR = 360;
const ENOUGH_SAMPLES = 300;
const ENOUGH_LIVES = 5;
const MINUTE_MS = 60_000;

type Rule = (facts: LiveFacts) => OptionFigure | null;

const RULES: readonly Rule[] = [
  processes,
  threads,
  listen,
  harakiri,
  (facts) => memoryLimit(facts, 'reload-on-rss'),
  (facts) => memoryLimit(facts, 'evil-reload-on-rss'),
  cheaper,
  maxRequests,
  reloadMercy,
  (facts) => startUp(facts, 'lazy-apps'),
  (facts) => startUp(facts, 'module'),
  (facts) => startUp(facts, 'wsgi-file'),
  memoryReport,
];

/** Figures in the order of the rules; none for options of which nothing is known. */
export function liveFigures(facts: LiveFacts): OptionFigure[] {
  if (facts.samples === 0) return [];
  return RULES.map((rule) => rule(facts)).filter((figure) => figure !== null);
}

function processes(facts: LiveFacts): OptionFigure | null {
  const { busyPeak, workers, allBusySamples, samples, peaks, day } = facts;
  if (workers === 0) return null;
  const share = allBusySamples / samples;
  const tone = busyPeak >= workers && share >= 0.01 ? 'warn' : 'value';
  const dayPeak = day === null ? busyPeak : Math.max(busyPeak, Math.ceil(day.busy));
  const rows: OptionFigure['rows'] = [['Most busy at once', `${busyPeak} of ${workers}`]];
  if (day !== null && day.buckets > BUCKETS_IN_HOUR) {
    rows.push([`Most busy, ${daySpan(day)}`, `${dayPeak} of ${workers}, means over 10 s`]);
  }
  if (peaks.rssTotalBytes > 0) rows.push(['Memory if all run', memoryOfAll(facts)]);
  const figure = { option: 'processes', parts: parts('peak busy', `${busyPeak} of ${workers}`, tone), rows } as const;
  return { ...figure, ...moreProcesses(facts, share, dayPeak) };
}

type Judgement = Pick<OptionFigure, 'suggestion' | 'evidence'>;

function moreProcesses(facts: LiveFacts, share: number, dayPeak: number): Judgement {
  const { workers, allBusySamples, samples, queuePeak, day, machine, largestBytes } = facts;
  if (share >= 0.01 && samples >= ENOUGH_SAMPLES) {
    const more = Math.ceil(workers * 1.5);
    const said = `All ${workers} workers were busy in ${percent(share)} of ${samples} samples (${allBusySamples} s), and up to ${count(queuePeak, 'request', 'requests')} waited`;
    if (queuePeak === 0) return quiet(`${said}: none waited, so that is no lack yet.`);
    if (machine !== null && more > machine.cpus * 8) {
      return quiet(
        `${said}. With ${count(machine.cpus, 'CPU', 'CPUs')}, more workers help only if they wait for others.`,
      );
    }
    if (machine !== null && largestBytes !== null && (more - workers) * largestBytes > machine.freeBytes * 0.8) {
      return quiet(
        `${said}. ${more - workers} more need up to ${bytes((more - workers) * largestBytes)}, and ${bytes(machine.freeBytes)} are free.`,
      );
    }
    return { suggestion: { value: String(more), title: `processes = ${more}` }, evidence: `${said}.` };
  }
  const enough = day !== null && day.buckets >= BUCKETS_IN_HOUR * 20;
  if (!enough) return quiet(`${windowWords(facts)}. A suggestion to lower it needs most of a day.`);
  const fewer = Math.max(2, dayPeak * 2);
  const said = `At most ${dayPeak} of ${workers} busy at once in ${daySpan(day)} (means over 10 s), ${facts.busyPeak} at one moment of the last ${span(facts.windowMs)}`;
  if (fewer <= workers / 2 && facts.busyPeak <= fewer) {
    return {
      suggestion: { value: String(fewer), title: `processes = ${fewer}` },
      evidence: `${said}: ${fewer} leave room for twice that.`,
    };
  }
  return quiet(`${said}: ${workers} fit.`);
}

/** Nothing to suggest. */
function quiet(evidence: string): Judgement {
  return { suggestion: null, evidence };
}

function threads(facts: LiveFacts): OptionFigure | null {
  const { cores, workers, peaks } = facts;
  if (cores <= workers) return null;
  const tone = peaks.busyCores >= cores ? 'warn' : 'value';
  const value = `${peaks.busyCores} of ${cores}`;
  return {
    option: 'threads',
    parts: parts('peak cores', value, tone),
    rows: [['Most cores busy at once', value]],
    suggestion: null,
    evidence: `${windowWords(facts)}.`,
  };
}

function listen(facts: LiveFacts): OptionFigure | null {
  const { queuePeak, queuePeakAtMs, queueLimit, machine, samples } = facts;
  if (queueLimit === null) return null;
  const share = queuePeak / queueLimit;
  const tone = share >= 0.9 ? 'crit' : share >= 0.5 ? 'warn' : 'value';
  const value = queuePeak === 0 ? '0' : `${queuePeak} of ${queueLimit}`;
  const rows: OptionFigure['rows'] = [['Most waiting at once', `${queuePeak} of ${queueLimit}`]];
  const figure = { option: 'listen', parts: parts('peak', value, tone), rows } as const;
  if (share < 0.5 || samples < 60) {
    const seen = queuePeak === 0 ? 'No request waited for a worker' : `The queue reached ${queuePeak} of ${queueLimit}`;
    return { ...figure, suggestion: null, evidence: `${seen} in ${span(facts.windowMs)}.` };
  }
  const wanted = nextPower(Math.max(128, queuePeak * 4));
  const said = `The queue reached ${queuePeak} of ${queueLimit} at ${clock(queuePeakAtMs)}`;
  if (wanted <= queueLimit || wanted > 65_536) {
    return {
      ...figure,
      suggestion: null,
      evidence: `${said}: a longer queue would only hide that workers are missing.`,
    };
  }
  const kernel = machine?.somaxconn ?? null;
  const also =
    kernel !== null && kernel < wanted
      ? `; the kernel's limit net.core.somaxconn is ${kernel} and has to be raised first`
      : '';
  return {
    ...figure,
    suggestion: { value: String(wanted), title: `listen = ${wanted}` },
    evidence: `${said}${also}. A queue takes up bursts; if it is full for long, workers are missing.`,
  };
}

function harakiri(facts: LiveFacts): OptionFigure | null {
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
      : ` Harakiri ended ${count(Math.round(day.harakiri), 'request', 'requests')} in ${daySpan(day)}.`;
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

function memoryLimit(facts: LiveFacts, option: string): OptionFigure | null {
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

function cheaper(facts: LiveFacts): OptionFigure | null {
  const { peaks, workers, values } = facts;
  const least = Number.parseInt(values.get('cheaper') ?? '', 10) || 0;
  if (peaks.activeLeast === 0 || least === 0) return null;
  const value = `${peaks.activeLeast} active`;
  return {
    option: 'cheaper',
    parts: [
      { text: 'lowest', tone: 'label' },
      { text: value, tone: 'value' },
    ],
    rows: [['Fewest active at once', `${peaks.activeLeast} of ${workers}`]],
    suggestion: null,
    evidence: `${windowWords(facts)}.`,
  };
}

function maxRequests(facts: LiveFacts): OptionFigure | null {
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
  const wanted = roundUp((limit * 10 * MINUTE_MS) / life);
  const price = startupMs === null || startupMs < 100 ? '' : ` Each start takes ${seconds(startupMs)}.`;
  return {
    ...figure,
    suggestion: { value: String(wanted), title: `max-requests = ${wanted}` },
    evidence: `A worker reaches it after about ${span(life)} (${ended.length} lives).${price} ${wanted} would be about ${span((life * wanted) / limit)}.`,
  };
}

function reloadMercy({ drains, values }: LiveFacts): OptionFigure | null {
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

function startUp(facts: LiveFacts, option: string): OptionFigure | null {
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

function memoryReport(facts: LiveFacts): OptionFigure | null {
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

function parts(label: string, value: string, tone: FigurePart['tone']): FigurePart[] {
  return [
    { text: label, tone: 'label' },
    { text: value, tone },
  ];
}

function memoryOfAll({ peaks, workers, largestBytes, machine }: LiveFacts): string {
  const all = Math.max(peaks.rssTotalBytes, (largestBytes ?? 0) * workers);
  return machine === null ? bytes(all) : `${bytes(all)}, ${bytes(machine.freeBytes)} free`;
}

function windowWords({ samples, windowMs }: LiveFacts): string {
  return `From ${count(samples, 'sample', 'samples')} in ${span(windowMs)}`;
}

function daySpan({ buckets }: HistoryPeaks): string {
  const hours = buckets / BUCKETS_IN_HOUR;
  return hours < 1.5 ? `${Math.round(hours * 60)} min` : `${Math.round(hours)} h`;
}

function percent(share: number): string {
  return `${Math.max(1, Math.round(share * 100))} %`;
}

function nextPower(value: number): number {
  return 2 ** Math.ceil(Math.log2(value));
}

/** The next of 10, 20, 50, 100, 200, … */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((digit) => digit * power >= value) ?? 10) * power;
}

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
