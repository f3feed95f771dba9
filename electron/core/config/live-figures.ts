/**
 * What options come to on the running server, and what their figures suggest: one small rule for each option. Careful on
 * purpose: a suggestion needs enough data, says what it rests on, and keeps quiet in doubt. Pure; live-facts.ts gathers.
 */
import type { OptionFigure } from '../../contract/live-figures.ts';
import { bytes, clock, count, span } from '../words.ts';
import { harakiri, maxRequests, memoryLimit, memoryReport, reloadMercy, startUp } from './live-lives.ts';
import {
  BUCKETS_IN_HOUR,
  daySpan,
  type Judgement,
  type LiveFacts,
  type LiveRule,
  parts,
  quiet,
  windowWords,
} from './live-rule.ts';

const ENOUGH_SAMPLES = 300;

const RULES: readonly LiveRule[] = [
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
  (facts) => startUp(facts, 'asgi'),
  (facts) => startUp(facts, 'rack'),
  (facts) => startUp(facts, 'psgi'),
  (facts) => startUp(facts, 'js-app'),
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

function moreProcesses(facts: LiveFacts, share: number, dayPeak: number): Judgement {
  const { workers, allBusySamples, samples, queuePeak, queueLimit, day, machine, largestBytes } = facts;
  if (share >= 0.01 && samples >= ENOUGH_SAMPLES) {
    const more = Math.ceil(workers * 1.5);
    const busy = `All ${workers} workers were busy in ${percent(share)} of ${samples} samples (${allBusySamples} s)`;
    // Linux tells uWSGI the queue of TCP sockets only.
    if (queueLimit === null)
      return quiet(`${busy}. Whether requests waited is not known: uWSGI sees no queue of unix sockets.`);
    const said = `${busy}, and up to ${count(queuePeak, 'request', 'requests')} waited`;
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

function memoryOfAll({ peaks, workers, largestBytes, machine }: LiveFacts): string {
  const all = Math.max(peaks.rssTotalBytes, (largestBytes ?? 0) * workers);
  return machine === null ? bytes(all) : `${bytes(all)}, ${bytes(machine.freeBytes)} free`;
}

function percent(share: number): string {
  return `${Math.max(1, Math.round(share * 100))} %`;
}

function nextPower(value: number): number {
  return 2 ** Math.ceil(Math.log2(value));
}
