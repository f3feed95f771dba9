/**
 * How an instance is, in a level, a word and one sentence: the only place where that is judged. Pure.
 */
import type { EngineState, Figures, Health, Link, RequestRow } from '../../contract/model.ts';
import { isOpenConnection } from '../../contract/open-connection.ts';
import { longAfterMs } from '../samples/worker-rows.ts';
import { count } from '../words.ts';
import type { InstanceRecord } from './record.ts';

export interface HealthInput {
  kind: InstanceRecord['kind'];
  name: string;
  link: Link;
  engine: EngineState | null;
  figures: Figures | null;
  /** Longest-running first. */
  requests: readonly RequestRow[];
  harakiriMs: number | null;
  /** How often connections were refused because the listen queue was full, in the last minute. */
  queueErrorsLastMin: number;
  exceptionsLastMin: number;
  exceptionsMinuteBefore: number;
  /** The application that is configured and that no worker has (missing-application.ts); null: all is well. */
  missingApplication: string | null;
  /** Of an emperor's vassals; null: all is well, or it is none. */
  vassals: { level: 'warn' | 'crit'; count: number; sentence: string } | null;
  /** A reload is being watched: a short silence belongs to it. */
  reloadRunning: boolean;
}

const EXCEPTIONS_WORTH_A_WARNING = 5;

export function judgeHealth(input: HealthInput): Health {
  return (
    judgeEngine(input) ??
    judgeLink(input) ??
    judgeVassals(input) ??
    judgeApplication(input) ??
    judgeOverload(input) ??
    judgeStuck(input) ??
    judgeQueue(input) ??
    judgeExceptions(input) ?? { level: 'ok', word: WORDS[input.kind], sentence: null }
  );
}

const WORDS = { engine: 'running', attached: 'serving', emperor: 'ruling' } as const;

function judgeVassals({ vassals }: HealthInput): Health | null {
  if (vassals === null) return null;
  const { level, sentence } = vassals;
  return { level, word: count(vassals.count, 'vassal in trouble', 'vassals in trouble'), sentence };
}

function judgeApplication({ missingApplication }: HealthInput): Health | null {
  if (missingApplication === null) return null;
  const sentence = `The application could not be loaded (${missingApplication}), so every request is answered with an error. The log says why; mend it and reload.`;
  return { level: 'crit', word: 'no application', sentence };
}

function judgeEngine({ engine, name }: HealthInput): Health | null {
  switch (engine?.status) {
    case undefined:
    case 'running':
      return null;
    case 'stopped':
      return { level: 'off', word: 'stopped', sentence: null };
    case 'starting':
      return { level: 'off', word: 'starting', sentence: null };
    case 'stopping':
      return { level: 'off', word: 'stopping', sentence: null };
    case 'failed':
      return {
        level: 'crit',
        word: 'failed',
        sentence: `${name} does not run: ${lastLine(engine.error ?? 'it ended')}`,
      };
  }
}

function judgeLink({ link, reloadRunning }: HealthInput): Health | null {
  if (reloadRunning && link.status !== 'attached') return { level: 'ok', word: 'reloading', sentence: null };
  switch (link.status) {
    case 'attached':
      return null;
    case 'idle':
      return { level: 'off', word: 'not attached', sentence: null };
    case 'connecting':
      if (link.code === null) return { level: 'lost', word: 'connecting', sentence: null };
      return { level: 'lost', word: 'link lost', sentence: link.reason };
    case 'failed':
      // What fails on the way says nothing about the address at its end.
      return { level: 'lost', word: isOfTheWay(link.code) ? 'link lost' : 'no stats', sentence: link.reason };
    case 'lost':
    case 'waiting':
      return { level: 'lost', word: 'link lost', sentence: link.reason };
  }
}

function isOfTheWay(code: string | null): boolean {
  return code?.startsWith('ssh-') ?? false;
}

/** Requests are being lost: the listen queue overflowed, or is full while no worker is free. */
function judgeOverload({ figures, queueErrorsLastMin }: HealthInput): Health | null {
  if (figures === null) return null;
  const { busy, workers, listenQueue, listenMax } = figures;
  if (queueErrorsLastMin > 0) {
    const sentence = `The listen queue overflowed: ${count(queueErrorsLastMin, 'connection was', 'connections were')} refused in the last minute. ${busy} of ${workers} workers are busy.`;
    return { level: 'crit', word: 'queue full', sentence };
  }
  if (workers > 0 && busy >= workers && listenMax !== null && listenQueue >= listenMax) {
    const sentence = `All ${workers} workers are busy and the listen queue is full (${listenQueue} of ${listenMax}).`;
    return { level: 'crit', word: 'queue full', sentence };
  }
  return null;
}

/** Components.md: `Worker 7 in POST /cart/checkout for 41 s, worker 12 for 18 s. Harakiri at 60 s.` */
function judgeStuck({ requests, harakiriMs }: HealthInput): Health | null {
  const longMs = longAfterMs(harakiriMs);
  const stuck = requests.filter((request) => (request.elapsedMs ?? 0) >= longMs && !isOpenConnection(request));
  const [first, ...others] = stuck;
  if (first === undefined) return null;
  const named = others.slice(0, 2).map((request) => `worker ${request.wid} for ${seconds(request.elapsedMs)} s`);
  if (others.length > named.length) named.push(`${others.length - named.length} more`);
  const what = `${first.method} ${first.path}`.trim();
  const sentence =
    `Worker ${first.wid} has been in ${what === '' ? 'a request' : what} for ${seconds(first.elapsedMs)} s` +
    (named.length > 0 ? `, ${named.join(', ')}` : '') +
    deadlineWords(first.leftMs);
  return { level: 'warn', word: count(stuck.length, 'stuck request', 'stuck requests'), sentence };
}

function deadlineWords(leftMs: number | null): string {
  if (leftMs === null) return '. No harakiri is set.';
  return leftMs > 0 ? `. Harakiri kills it in ${seconds(leftMs)} s.` : '. Its harakiri is due.';
}

function judgeQueue({ figures }: HealthInput): Health | null {
  if (figures === null || figures.listenMax === null || figures.listenQueue <= figures.listenMax / 2) return null;
  const sentence = `The listen queue holds ${figures.listenQueue} of ${figures.listenMax}; ${figures.busy} of ${figures.workers} workers are busy.`;
  return { level: 'warn', word: 'queue filling', sentence };
}

function judgeExceptions({ exceptionsLastMin, exceptionsMinuteBefore }: HealthInput): Health | null {
  if (exceptionsLastMin < EXCEPTIONS_WORTH_A_WARNING || exceptionsLastMin <= 2 * exceptionsMinuteBefore) return null;
  const sentence = `${exceptionsLastMin} exceptions in the last minute, ${exceptionsMinuteBefore} in the one before.`;
  return { level: 'warn', word: 'exceptions', sentence };
}

function seconds(ms: number | null): number {
  return Math.round((ms ?? 0) / 1000);
}

function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  // The engine puts its own words between stars.
  return lines.at(-1)?.replace(/^[\s*]+|[\s*]+$/g, '') ?? text;
}
