/**
 * What completion offers, and in which order: options by what is usual, what stands around and what is used already;
 * values by the kind of their option. Pure; `boost` is a weight from -99 to 99 that counts beside how well a name
 * fits what was typed.
 */
import type { ConfigContext } from '../../electron/contract/editor-model.ts';
import type { ConfigTarget } from '../../electron/contract/model.ts';
import { findOption, type OptionInfo, optionTable } from '../../engine/config/option-table.ts';
import type { DocumentFacts } from './document-facts.ts';
import { MAGIC_WORDS } from './magic-words.ts';
import { kindWords } from './option-words.ts';

export interface Candidate {
  label: string;
  /** Quiet words at the right. */
  detail: string;
  boost: number;
  /** The option it names. */
  option: OptionInfo | null;
  /** One sentence beside the list, for what is no option. */
  help: string | null;
}

/** The names that most files have, most usual first. */
const USUAL = (
  'master processes threads socket http-socket http module wsgi-file callable chdir home harakiri vacuum die-on-term ' +
  'stats master-fifo max-requests buffer-size uid gid chmod-socket listen need-app enable-threads lazy-apps ' +
  'single-interpreter env touch-reload logto pidfile reload-on-rss cheaper static-map plugins strict include ini ' +
  'disable-logging post-buffering worker-reload-mercy memory-report auto-procname log-maxsize cheaper-algo'
).split(' ');

const MAIN_PLUGINS: ReadonlySet<string> = new Set(['core', 'python', 'http', 'reeve']);

const usualRank = new Map(USUAL.map((name, index) => [name, USUAL.length - index]));

export interface NameContext {
  facts: DocumentFacts;
  /** Line of the cursor: the options around it say what is being written about. */
  line: number;
  section: string | null;
  target: ConfigTarget | null;
}

/** Every option name and alias, the names declared here, and what the server's program has beyond the table. */
export function nameCandidates(context: NameContext): Candidate[] {
  const { facts, target } = context;
  const missing = new Set(target?.missing);
  const nearby = sectionsNearby(context);
  const candidates = optionTable.flatMap((option): Candidate[] => {
    const boost = boostOf(option, { nearby, isSet: isSetHere(option, context), isMissing: missing.has(option.name) });
    const detail = missing.has(option.name) ? 'not on this server' : kindWords(option);
    return [option.name, ...option.aliases].map((label, index) => ({
      label,
      detail,
      boost: boost - Math.min(index, 1) * 6,
      option,
      help: null,
    }));
  });
  for (const name of facts.declared.keys()) {
    candidates.push({ label: name, detail: 'declared here', boost: 30, option: null, help: 'Declared in this file.' });
  }
  for (const { name, help } of target?.extra ?? []) {
    if (findOption(name) === null) {
      candidates.push({ label: name, detail: 'of this server', boost: 0, option: null, help });
    }
  }
  return candidates;
}

function boostOf(
  option: OptionInfo,
  { nearby, isSet, isMissing }: { nearby: ReadonlySet<string>; isSet: boolean; isMissing: boolean },
): number {
  if (isMissing) return -90;
  if (isSet && !option.repeatable) return -80;
  const usual = usualRank.get(option.name) ?? 0;
  const near = nearby.has(option.section) ? 15 : 0;
  const works = option.status === 'works' ? 12 : MAIN_PLUGINS.has(option.plugin) ? 0 : -12;
  return usual + near + works;
}

/** The option has a line in this section already, not counting the one that is being typed. */
function isSetHere(option: OptionInfo, { facts, line, section }: NameContext): boolean {
  return (facts.used.get(option.name) ?? []).some((used) => used.number !== line && used.section === section);
}

const NEARBY_LINES = 4;

/** Headings of the options in the lines around. */
function sectionsNearby({ facts, line }: NameContext): ReadonlySet<string> {
  const nearby = new Set<string>();
  for (const [name, lines] of facts.used) {
    if (!lines.some(({ number }) => number !== line && Math.abs(number - line) <= NEARBY_LINES)) continue;
    const heading = findOption(name)?.section;
    if (heading) nearby.add(heading);
  }
  return nearby;
}

/** Values that can be told without asking the server. */
export function valueCandidates(option: OptionInfo, facts: DocumentFacts): Candidate[] {
  const found = new Map<string, Candidate>();
  const offer = (label: string, detail: string, boost: number, help: string | null = null): void => {
    if (label !== '' && !found.has(label)) found.set(label, { label, detail, boost, option: null, help });
  };
  if (option.kind === 'flag') {
    offer('true', '', 2);
    offer('false', '', 1);
  }
  for (const choice of option.choices ?? []) offer(choice, choice === option.default ? 'default' : '', 2);
  if (option.default !== null && !/\s/.test(option.default)) offer(option.default, 'default', 1);
  if (option.kind === 'address') for (const [address, detail] of addressesIn(facts)) offer(address, detail, 0);
  if (['if-opt', 'if-not-opt'].includes(option.name)) for (const name of facts.definitions.keys()) offer(name, '', 0);
  return [...found.values()];
}

/** Lists of files and folders, some with more behind the path or in front of it. */
const PATH_LISTS =
  /^(?:touch-|fs-|(?:smart-)?attach-daemon|error-page-|static-(?:map2?|safe)$|check-static$|spooler|emperor$|vassals-in|inject-|wait-for-|load-file-in-cache|flock)|^(?:pythonpath|mount|cgi|envdir|mimefile|hook-touch|lua-load|rb-lib|rb-require|perl-exec|php-allowed-docroot|yaml|json|xml)$/;

/** The value is a path, or begins or ends with one. */
export function takesPath({ name, kind }: OptionInfo): boolean {
  return kind === 'path' || (kind === 'list' && PATH_LISTS.test(name));
}

/** Addresses of other lines: a front end and its back end name the same one. */
function addressesIn(facts: DocumentFacts): [address: string, detail: string][] {
  return [...facts.used.values()].flatMap((lines) =>
    lines
      .filter((line) => findOption(line.key)?.kind === 'address')
      .map((line): [string, string] => [line.value, `${line.key}, line ${line.number}`]),
  );
}

/** Names for `[`: those that are asked for somewhere and missing come first. */
export function sectionCandidates(facts: DocumentFacts): Candidate[] {
  const present = new Set(facts.sections.map(({ name }) => name));
  const asked = [...facts.read].filter((name) => !present.has(name));
  return asked.map((label) => ({ label, detail: 'read, not here yet', boost: 5, option: null, help: null }));
}

/** Names for `%(`, with the value that each has on the server. */
export function placeholderCandidates(facts: DocumentFacts, context: ConfigContext | null): Candidate[] {
  const values = firstValues(context);
  const found = new Map<string, Candidate>();
  for (const [label, [definition]] of facts.definitions) {
    const value = values.get(label) ?? definition?.value ?? '';
    found.set(label, { label, detail: short(value), boost: 10, option: null, help: whereSet(definition?.line, value) });
  }
  for (const [label, value] of values) {
    if (found.has(label)) continue;
    const isOption = findOption(label) !== null;
    const help = `${isOption ? 'The value of this option' : 'Set in another file'}: ${value}`;
    found.set(label, { label, detail: short(value), boost: isOption ? -10 : 5, option: null, help });
  }
  return [...found.values()];
}

export function environmentCandidates(context: ConfigContext | null): Candidate[] {
  return (context?.environment ?? []).map(({ name, value }) => ({
    label: name,
    detail: value === null ? 'hidden' : short(value),
    boost: 0,
    option: null,
    help: value === null ? 'Set. Its value looks like a secret and is not shown.' : value,
  }));
}

export function magicCandidates(context: ConfigContext | null): Candidate[] {
  return [...MAGIC_WORDS].map(([letter, words], index) => ({
    label: letter,
    detail: short(context?.magic[letter] ?? ''),
    boost: 40 - index,
    option: null,
    help: `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}${context?.magic[letter] === undefined ? '' : `: ${context.magic[letter]}`}`,
  }));
}

/** As a placeholder takes it: the first value of each name. */
export function firstValues(context: ConfigContext | null): Map<string, string> {
  const values = new Map<string, string>();
  for (const { key, value } of context?.values ?? []) if (!values.has(key)) values.set(key, value);
  return values;
}

function whereSet(line: number | undefined, value: string): string {
  return line === undefined ? value : `Set in line ${line}: ${value}`;
}

function short(text: string): string {
  return text.length > 28 ? `${text.slice(0, 12)}…${text.slice(-15)}` : text;
}
