/**
 * The option table: every option of uWSGI 2.0 and Reeve's own, found by name or alias. One source for the engine
 * (what works), the checker, the editor's completion and the docs. Made from option-names.ts and the sections
 * in options/, whose lines are `name | kind | engine | default | help | facts`: kind is one of OPTION_KINDS (mb: size in
 * megabytes, mode: octal); engine is `works`, `no` or `no: reason` (not supported) or `none: reason` (accepted, has no effect
 * here). Help is one sentence of our own; an empty default means that there is none. Facts may be left out; they are words
 * like `effect=restart since=2.0.22 unit=requests choices=spare,backlog here=reload uwsgi=100`; the last two are the effect
 * on the engine and uWSGI's default, where those differ. Longer texts are in option-notes.ts.
 */
import { editDistance, indexNames, type NameIndex, nearestIn } from './nearest.ts';
import { OPTION_NAMES } from './option-names.ts';
import { titledSections } from './options/sections.ts';

export const OPTION_KINDS = [
  'flag',
  'int',
  'string',
  'list',
  'mb',
  'bytes',
  'seconds',
  'address',
  'path',
  'mode',
  'logic',
] as const;
export type OptionKind = (typeof OPTION_KINDS)[number];

/**
 * What a changed value needs to take effect on uWSGI: workers that start anew, a reload of the master, or a restart. New
 * workers alone (FIFO `w` and `c`) never read the configuration, so that no option of uWSGI 2.0 has `workers`. A reload
 * keeps what the process was given once: bound sockets with their queue, mode and owner, the user, limits, namespaces, the
 * log's file, the pidfile; see engine/option-effect.proc.test.ts.
 */
export const OPTION_EFFECTS = ['workers', 'reload', 'restart'] as const;
export type OptionEffect = (typeof OPTION_EFFECTS)[number];

/** `works`, accepted with `no effect` (reason says why), or `not supported`: an error at start. */
export type OptionStatus = 'works' | 'no effect' | 'not supported';

export interface OptionInfo {
  name: string;
  aliases: string[];
  /** Letter for the command line. */
  short: string | null;
  /** `core`, `reeve`, or the uWSGI plugin that brings it. */
  plugin: string;
  argument: 'none' | 'optional' | 'required';
  kind: OptionKind;
  repeatable: boolean;
  /** A negative value ends uWSGI's start; some numbers it takes as they are. */
  refusesNegative: boolean;
  status: OptionStatus;
  /** Why it has no effect, or is not supported when that needs saying; otherwise null. */
  reason: string | null;
  default: string | null;
  /** uWSGI's own default where the engine's is another; otherwise null: `default` is that of both. */
  uwsgiDefault: string | null;
  /** One sentence. */
  help: string;
  /** What a number counts: `seconds`, `MiB`, `bytes`, `requests`, ...; null for a bare count and for what is no number. */
  unit: string | null;
  /** All values there are, when they can be listed. */
  choices: readonly string[] | null;
  /** First release that has it; null: any 2.0 has. */
  since: string | null;
  effect: OptionEffect;
  /** The same for the engine's reload, which keeps less of what was. */
  engineEffect: OptionEffect;
  /** Heading it stands under. */
  section: string;
}

/** What option-names.ts says of an option; the rest stands in its line. */
type OptionEntry = Pick<
  OptionInfo,
  'name' | 'aliases' | 'short' | 'plugin' | 'argument' | 'repeatable' | 'refusesNegative'
>;
type OptionDetail = Omit<OptionInfo, keyof OptionEntry>;

/** Units that go without saying. */
const UNITS: Partial<Record<OptionKind, string>> = { seconds: 'seconds', mb: 'MiB', bytes: 'bytes' };

/** All options, in uWSGI's order, each once (aliases are in `aliases`). */
export const optionTable: readonly OptionInfo[] = readTable(
  OPTION_NAMES,
  new Map(Object.entries(titledSections).flatMap(([title, { data }]) => readDetails(title, data))),
);

const byName = new Map<string, OptionInfo>();
const byShort = new Map<string, OptionInfo>();
for (const option of optionTable) {
  for (const name of [option.name, ...option.aliases]) byName.set(name, option);
  if (option.short !== null && !byShort.has(option.short)) byShort.set(option.short, option);
}

/** Short names are near to any slip: only those that people use are a guess, beside what works. */
const USED_SHORT_NAMES = new Set(
  'alarm async cache2 cap cgi cgroup config cron cron2 gevent loop mule psgi rack route snmp xml zerg'.split(' '),
);
const isLikely = (name: string): boolean =>
  name.length > 6 || byName.get(name)?.status !== 'not supported' || USED_SHORT_NAMES.has(name);
/** Made for the first slip. */
let likelyNames: NameIndex | null = null;

const nearestFound = new Map<string, string[]>();
/** More names than a file of the largest size that is edited has. */
const MAX_REMEMBERED = 25_000;

/** The option of this name or alias; null when uWSGI has none. Names are case-sensitive, as in uWSGI. */
export function findOption(name: string): OptionInfo | null {
  return byName.get(name) ?? null;
}

/** The option of a command line letter (`p`). */
export function findShortOption(letter: string): OptionInfo | null {
  return byShort.get(letter) ?? null;
}

/** All names and aliases. */
export function optionNames(): Iterable<string> {
  return byName.keys();
}

/** Names and aliases that begin with `prefix`, those that work first, then by name. */
export function searchOptions(prefix: string): { name: string; option: OptionInfo }[] {
  const found: { name: string; option: OptionInfo }[] = [];
  for (const [name, option] of byName) if (name.startsWith(prefix)) found.push({ name, option });
  const rank = (option: OptionInfo): number => (option.status === 'works' ? 0 : 1);
  return found.sort((a, b) => rank(a.option) - rank(b.option) || (a.name < b.name ? -1 : 1));
}

/** Names a misspelt option may have meant, at most three; short names that hardly anybody uses are no guess. */
export function nearestOptions(name: string): string[] {
  const known = nearestFound.get(name);
  if (known !== undefined) return known;
  // An editor asks for the same few names at every key; the answers to all that was ever typed are not kept.
  if (nearestFound.size >= MAX_REMEMBERED) nearestFound.clear();
  likelyNames ??= indexNames([...byName.keys()].filter(isLikely));
  const found = nearestIn(name, likelyNames);
  nearestFound.set(name, found);
  return found;
}

/** `Did you mean 'harakiri' or 'max-requests'?`; null when no option is near. */
export function didYouMean(name: string): string | null {
  const near = nearestOptions(name);
  return near.length > 0 ? `Did you mean ${near.map((option) => `'${option}'`).join(' or ')}?` : null;
}

/** True for a name that is most likely an option's, mistyped; short names are near to any. */
export function isSlip(name: string): boolean {
  const [nearest] = nearestOptions(name);
  if (nearest === undefined || name.length <= 4) return false;
  return editDistance(name.toLowerCase().replaceAll('_', '-'), nearest, 2) <= 2;
}

function readDetails(section: string, text: string): [name: string, detail: OptionDetail][] {
  const details: [string, OptionDetail][] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const cells = line.split('|').map((cell) => cell.trim());
    const [name = '', kind = '', engine = '', fallback = '', help = '', facts = ''] = cells;
    const known = OPTION_KINDS.find((candidate) => candidate === kind);
    if (known === undefined || help === '') throw new Error(`Bad line in the option table: ${line}`);
    details.push([
      name,
      {
        kind: known,
        ...readEngine(engine, line),
        default: fallback === '' ? null : fallback,
        help,
        ...readFacts(known, facts, line),
        section,
      },
    ]);
  }
  return details;
}

type OptionFacts = Pick<OptionDetail, 'unit' | 'choices' | 'since' | 'effect' | 'engineEffect' | 'uwsgiDefault'>;

function readFacts(kind: OptionKind, text: string, line: string): OptionFacts {
  const facts: Omit<OptionFacts, 'engineEffect'> = {
    unit: UNITS[kind] ?? null,
    choices: null,
    since: null,
    effect: 'reload',
    uwsgiDefault: null,
  };
  let here: OptionEffect | undefined;
  for (const word of text.split(/\s+/)) {
    const [name = '', value = ''] = word.split('=', 2);
    const effect = OPTION_EFFECTS.find((candidate) => candidate === value);
    if (name === 'unit' && value !== '') facts.unit = value;
    else if (name === 'choices' && value !== '') facts.choices = value.split(',');
    else if (name === 'uwsgi' && value !== '') facts.uwsgiDefault = value;
    else if (name === 'since' && /^\d+\.\d+(\.\d+)?$/.test(value)) facts.since = value;
    else if (name === 'effect' && effect !== undefined) facts.effect = effect;
    else if (name === 'here' && effect !== undefined) here = effect;
    else if (word !== '') throw new Error(`Bad fact '${word}' in the option table: ${line}`);
  }
  return { ...facts, engineEffect: here ?? facts.effect };
}

function readEngine(text: string, line: string): { status: OptionStatus; reason: string | null } {
  if (text === 'works') return { status: 'works', reason: null };
  if (text === 'no') return { status: 'not supported', reason: null };
  if (text.startsWith('no: ')) return { status: 'not supported', reason: text.slice('no: '.length) };
  if (text.startsWith('none: ')) return { status: 'no effect', reason: text.slice('none: '.length) };
  throw new Error(`Bad line in the option table: ${line}`);
}

function readTable(text: string, details: Map<string, OptionDetail>): OptionInfo[] {
  const options: OptionInfo[] = [];
  const unused = new Set(details.keys());
  let plugin = '';
  for (const word of text.split(/\s+/)) {
    if (word === '') continue;
    if (word.endsWith(':')) {
      plugin = word.slice(0, -1);
      continue;
    }
    const option = readEntry(word, plugin);
    const names = [option.name, ...option.aliases];
    const named = names.find((name) => details.has(name)) ?? '';
    const detail = details.get(named);
    if (detail === undefined) throw new Error(`No line of the option table is about '${option.name}'.`);
    unused.delete(named);
    options.push({ ...option, ...detail, repeatable: option.repeatable || detail.kind === 'list' });
  }
  if (unused.size > 0) throw new Error(`The option table describes unknown options: ${[...unused].join(', ')}`);
  return options;
}

function readEntry(word: string, plugin: string): OptionEntry {
  const match = /^([^()!?#*]+)(?:\((.)\))?([!?#*]*)$/.exec(word);
  if (match === null) throw new Error(`Bad entry in option-names.ts: ${word}`);
  const [name = '', ...aliases] = (match[1] ?? '').split('/');
  const marks = match[3] ?? '';
  const argument = marks.includes('!') ? 'none' : marks.includes('?') ? 'optional' : 'required';
  return {
    name,
    aliases,
    short: match[2] ?? null,
    plugin,
    argument,
    repeatable: marks.includes('*'),
    refusesNegative: marks.includes('#'),
  };
}
