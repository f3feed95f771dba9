/**
 * The filter language of the fleet. Terms are divided by blanks and all have to hold: words (in the name, the group, the
 * address, the tags), fields (`tag:prod-eu host:web* state:crit kind:engine name:check* via:bastion`) and comparisons
 * (`avg>200ms queue>=10 busy>80% memory>1GiB version<2.0.28`). A `-` before a term turns it round, quotes hold blanks
 * together. Pure.
 */
import type { Instance } from '../../../electron/contract/model.ts';
import { serverOf } from '../instance/instance-words.ts';

export interface FleetFilter {
  matches: (instance: Instance) => boolean;
  /** What of it is not understood, in a sentence; such a term hides nothing. */
  problem: string | null;
}

type Test = (instance: Instance) => boolean;

const TERM = /-?(?:[^\s"]|"[^"]*"?)+/g;
const COMPARISON = /^([a-z]+)(<=|>=|<|>|=)([\d.]+)([a-z%]*)$/;
const UNIT_FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1,
  s: 1000,
  m: 60_000,
  '%': 0.01,
  k: 1000,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};
const FIELDS = 'tag, host, group, name, via, state and kind';
const FIGURES = ['rps', 'avg', 'busy', 'queue', 'memory', 'harakiri', 'exceptions', 'workers'] as const;
type FigureName = (typeof FIGURES)[number];
const STATES = ['ok', 'warn', 'crit', 'lost', 'off'];
const KINDS = ['engine', 'attached', 'emperor'];

export function parseFilter(text: string): FleetFilter {
  const tests: Test[] = [];
  let problem: string | null = null;
  for (const [written] of text.toLowerCase().matchAll(TERM)) {
    const isNot = written.length > 1 && written.startsWith('-');
    const term = (isNot ? written.slice(1) : written).replaceAll('"', '');
    if (term === '') continue;
    const test = readTerm(term);
    if (typeof test === 'string') problem ??= test;
    else tests.push(isNot ? (instance) => !test(instance) : test);
  }
  return { matches: (instance) => tests.every((test) => test(instance)), problem };
}

/** Figure of an instance under a name of the filter language or a column; null when unknown. */
export function figureOf({ figures }: Instance, name: FigureName): number | null {
  if (figures === null) return null;
  switch (name) {
    case 'rps':
      return figures.reqPerSec;
    case 'avg':
      return figures.avgRtMs;
    case 'busy':
      return figures.workers === 0 ? null : figures.busy / figures.workers;
    case 'queue':
      return figures.listenQueue;
    case 'memory':
      return figures.rssBytes;
    case 'harakiri':
      return figures.harakiriLastHour;
    case 'exceptions':
      return figures.exceptionsPerMin;
    case 'workers':
      return figures.workers;
  }
}

/** `2.0.9` is before `2.0.28`. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function readTerm(term: string): Test | string {
  const comparison = COMPARISON.exec(term);
  if (comparison) return readComparison(term, comparison);
  if (/^[a-z]+[<>]/.test(term)) return `${term} is not understood: write avg>200ms or memory>1GiB.`;
  const colon = term.indexOf(':');
  if (colon <= 0) return hasWord(term);
  const wanted = term.slice(colon + 1);
  // Still being typed: nothing is hidden yet.
  if (wanted === '') return () => true;
  return readField(term.slice(0, colon), wanted) ?? hasWord(term);
}

function readField(field: string, wanted: string): Test | string | null {
  switch (field) {
    case 'tag':
      return (instance) => instance.tags.some((tag) => isLike(tag, wanted, true));
    case 'group':
      return ({ tags, group }) => isLike(tags[0] ?? group, wanted, true);
    case 'host':
      return ({ hostName, machine }) => isLike(hostName, wanted, false) || isLike(machine, wanted, false);
    case 'name':
      return ({ name }) => isLike(name, wanted, false);
    case 'via':
      return ({ via }) => via.some((hop) => isLike(hop, wanted, false));
    case 'state':
      return STATES.includes(wanted)
        ? ({ health }) => health.level === wanted
        : `There is no state ${wanted}, only ${STATES.join(', ')}.`;
    case 'kind':
      return KINDS.includes(wanted)
        ? ({ kind }) => kind === wanted
        : `There is no kind ${wanted}, only ${KINDS.join(', ')}.`;
    default:
      // A port, `127.0.0.1:17`, is a word; a name before a colon is a field that does not exist.
      return /^[a-z]+$/.test(field) && !/^(ssh|http)$/.test(field)
        ? `There is no field ${field}, only ${FIELDS}.`
        : null;
  }
}

function readComparison(
  term: string,
  [, name = '', sign = '', number = '', unit = '']: RegExpExecArray,
): Test | string {
  if (name === 'version') {
    return ({ version }) => version !== null && holds(compareVersions(serverOf(version).number, number + unit), sign);
  }
  const figure = FIGURES.find((known) => known === name);
  if (figure === undefined) return `There is no figure ${name}, only ${FIGURES.join(', ')} and version.`;
  const factor = UNIT_FACTORS[unit];
  if (factor === undefined || Number.isNaN(Number(number)))
    return `${term} is not understood: write avg>200ms or memory>1GiB.`;
  const limit = Number(number) * factor;
  return (instance) => {
    const value = figure === 'busy' && unit !== '%' ? (instance.figures?.busy ?? null) : figureOf(instance, figure);
    return value !== null && holds(value - limit, sign);
  };
}

function holds(difference: number, sign: string): boolean {
  switch (sign) {
    case '<':
      return difference < 0;
    case '>':
      return difference > 0;
    case '<=':
      return difference <= 0;
    case '>=':
      return difference >= 0;
    default:
      return difference === 0;
  }
}

function hasWord(word: string): Test {
  return ({ name, group, statsAddress, hostName, tags, version }) =>
    [name, group, statsAddress, hostName, version ?? '', ...tags].some((text) => text.toLowerCase().includes(word));
}

/** `*` stands for any characters. Without one: the whole text, or a part of it. */
function isLike(text: string, wanted: string, isWhole: boolean): boolean {
  const lower = text.toLowerCase();
  if (!wanted.includes('*')) return isWhole ? lower === wanted : lower.includes(wanted);
  const pieces = wanted.split('*').map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pieces.join('.*')}$`).test(lower);
}
