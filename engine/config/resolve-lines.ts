/**
 * What becomes of one line of a source: skipped or repeated by the open logic option, put into the list, and at once or
 * later applied. What options do to the reading itself (sections, placeholders, logic, forbidden names) is here; files
 * are read by resolve-files.ts, the order of all sources is resolve.ts.
 */
import { isLogic, isLogicEnd, linesFor } from './logic.ts';
import { findOption } from './option-table.ts';
import { placeholderNames } from './placeholders.ts';
import { loadByExtension, loadFile } from './resolve-files.ts';
import { type CustomOption, countRepetition, fail, type Item, type State } from './resolve-state.ts';
import type { Origin, OriginStep } from './settings.ts';
import { formatOf, magicFileOf, splitFileName } from './sources.ts';
import { decodeText } from './text-bytes.ts';
import { asInt, isOn } from './values.ts';

/** Declared options within declared options. */
const MAX_DEPTH = 32;

/** Options that act while they are read, beside logic, loaders and placeholders. */
const IMMEDIATE: ReadonlySet<string> = new Set(
  (
    'listen umask spooler-processes command-mode pcre-jit plugins need-plugins plugins-dir autoload dlopen iprint ' +
    'strict set set-placeholder declare-option ini xml yaml json config include inject-before inject-after ' +
    'fallback-config blacklist whitelist end-blacklist end-whitelist resolve'
  ).split(' '),
);

/** Plugins that are part of the engine, by their own names: uWSGI knows `python3_plugin.so` as `python`, too. */
const BUILT_IN_PLUGINS: ReadonlySet<string> = new Set(['python', 'http', 'corerouter']);

/** One line of a source: skipped, put in, or put in several times, as the open logic option says. */
export function addLine(state: State, key: string, value: string | null, origin: Origin): void {
  checkForbidden(state, key, origin);
  // An end in a file that a loop or a condition includes closes nothing.
  if (isLogicEnd(key) && !state.inLogic) state.logic = null;
  const { logic } = state;
  if (logic === null || state.inLogic) {
    addOption(state, key, value, origin);
    return;
  }
  const repetitions = linesFor(logic.key, logic.argument, {
    host: state.host,
    firstValue: (name) => state.first.get(name)?.value ?? null,
    hasPlugin: (name) => BUILT_IN_PLUGINS.has(name),
  });
  if (!repetitions.ok) throw fail('logic', repetitions.message, logic.origin, logic.key, null);
  if (repetitions.notice !== undefined) state.notices.push(repetitions.notice);
  const isLoop = logic.key.startsWith('for');
  state.inLogic = true;
  let own = value;
  for (const [index, word] of repetitions.words.entries()) {
    if (index > 0) countRepetition(state, origin, logic.key);
    const text = word === null ? own : (own?.replaceAll('%(_)', () => word) ?? null);
    // What an option cuts off its own value is gone for the next time.
    if (own !== null && text === own) own = listedValue(findOption(key)?.name ?? '', own);
    const step = { option: logic.key, value: logic.argument, origin: within(logic.origin, origin.via) };
    if (index > 0) checkForbidden(state, key, origin);
    addOption(state, key, text, { ...origin, via: isLoop && word !== null ? { ...step, word } : step });
  }
  state.inLogic = false;
}

/** The origin of a step, with what brought in the line unless it knows better. */
function within(origin: Origin, via: OriginStep | undefined): Origin {
  return via === undefined || origin.via !== undefined ? origin : { ...origin, via };
}

/** `blacklist` and `whitelist` are asked for every line, read or skipped, by the name that is written. */
function checkForbidden(state: State, key: string, origin: Origin): void {
  const isListed = (words: string): boolean => words.split(' ').includes(key);
  const { blacklist, whitelist } = state;
  const by = blacklist !== null && isListed(blacklist) ? 'blacklist' : 'whitelist';
  if (by === 'whitelist' && (whitelist === null || isListed(whitelist))) return;
  const hint = `Take it out, or change the '${by}' before it.`;
  const asUwsgi = `uWSGI error: forbidden option "${key}" (by ${by})`;
  throw fail('forbidden', `'${key}' is forbidden by '${by}'.`, origin, key, hint, asUwsgi);
}

function addOption(state: State, key: string, value: string | null, origin: Origin): void {
  const item: Item = { key, value, origin, settled: false };
  listItem(state, item);
  for (const name of placeholderNames(value ?? '')) state.placeholders.add(name);
  const custom = state.custom.get(key);
  const known = findOption(key);
  if (state.strict && custom === undefined && (known === null || key === 'end')) throw unknownInStrict(key, origin);
  const immediate = known === null ? (custom?.immediate ?? false) : IMMEDIATE.has(known.name) || known.kind === 'logic';
  if (immediate) settle(state, item);
}

/** `strict` that came late: what stood before it is looked at when everything but `inherit` was read. */
export function checkStrict(state: State): void {
  if (!state.strict) return;
  for (const { key, origin, settled } of state.items) {
    if (!settled && !state.custom.has(key) && (findOption(key) === null || key === 'end')) {
      throw unknownInStrict(key, origin);
    }
  }
}

function listItem(state: State, item: Item): void {
  state.items.push(item);
  if (!state.first.has(item.key)) state.first.set(item.key, item);
}

/** Lets an option take effect with the value it has now. */
export function settle(state: State, item: Item): void {
  item.settled = true;
  const option = findOption(item.key);
  const custom = option === null ? state.custom.get(item.key) : undefined;
  if (custom !== undefined) {
    applyCustom(state, custom, item.value ?? '', item.origin);
    return;
  }
  applyOption(state, item.key, item.value, item.origin);
  if (item.value !== null) item.value = listedValue(option?.name ?? '', item.value);
}

/** Some options cut their own value while they take effect: the list shows what is left of it. */
function listedValue(name: string, value: string): string {
  if (name === 'cron2') return value.split(' ', 1)[0] ?? '';
  return name === 'json' || name === 'xml' ? splitFileName(value).path : value;
}

function applyOption(state: State, key: string, value: string | null, origin: Origin): void {
  const option = findOption(key);
  const text = value ?? 'true';
  if (option === null) {
    if (state.strict) throw unknownInStrict(key, origin);
    state.applied.push({ key, value: text, origin });
    return;
  }
  if (option.refusesNegative && asInt(text) < 0) {
    const asUwsgi = `invalid value for option "${key}": must be > 0`;
    throw fail('bad-value', `'${key} = ${text}' is negative.`, origin, key, 'Write a number from 0 up.', asUwsgi);
  }
  state.applied.push({ key, value: text, origin });
  actOn(state, option.name, key, value ?? '', origin);
}

/** What options do to the reading itself. */
function actOn(state: State, name: string, key: string, value: string, origin: Origin): void {
  switch (name) {
    case 'ini':
    case 'ini-paste':
    case 'ini-paste-logged':
    case 'xml':
    case 'yaml':
    case 'json': {
      const format = formatOf(name.startsWith('ini') ? 'ini' : name);
      if (format !== null) loadFile(state, { name: value, format, origin, option: key, splits: true }, addLine);
      return;
    }
    case 'config': {
      const message = `'${key} = ${value}' asks for a loader of a plugin, and there is none.`;
      const asUwsgi = `unable to load configuration from ${value}`;
      throw fail('format-not-supported', message, origin, key, "Write 'include' in its place.", asUwsgi);
    }
    case 'include':
      loadByExtension(state, value, origin, key, addLine);
      return;
    case 'inject-before':
      state.injectBefore.push(value);
      return;
    case 'inject-after':
      state.injectAfter.push(value);
      return;
    case 'blacklist':
      state.blacklist = value;
      return;
    case 'end-blacklist':
      state.blacklist = null;
      return;
    case 'whitelist':
      state.whitelist = value;
      return;
    case 'end-whitelist':
      state.whitelist = null;
      return;
    case 'resolve':
      resolveName(state, value, origin);
      return;
    case 'set':
    case 'set-placeholder':
      setValue(state, name, value, origin);
      return;
    case 'declare-option':
    case 'declare-option2':
      declareOption(state, name, value, origin);
      return;
    case 'strict':
      state.strict = isOn(value);
      return;
    case 'print':
    case 'iprint':
      state.printed.push(value);
      return;
    default:
      if (!isLogic(key)) return;
  }
  if (state.logic !== null) {
    const hint = `Close '${state.logic.key}' of line ${state.logic.origin.line} with 'end' first.`;
    const message = `'${key}' stands inside '${state.logic.key}': there is one level only.`;
    const asUwsgi = `recursive logic in options is not supported (option = ${key})`;
    throw fail('logic', message, origin, key, hint, asUwsgi);
  }
  if (name === 'if-opt' || name === 'if-not-opt') state.placeholders.add(value.split('=')[0] ?? '');
  if (name === 'for-readline') state.otherFiles.add(magicFileOf(value, null, state.host).path);
  state.logic = { key, argument: value, origin };
}

function setValue(state: State, name: string, value: string, origin: Origin): void {
  const equals = value.indexOf('=');
  if (equals === -1) {
    const asUwsgi = 'invalid placeholder/--set value';
    throw fail('bad-value', `'${name} = ${value}' sets nothing.`, origin, name, 'Write name=value.', asUwsgi);
  }
  const key = value.slice(0, equals);
  const text = value.slice(equals + 1);
  const own = { ...origin, via: { option: name, value, origin } };
  if (name === 'set') {
    state.placeholders.add(key);
    addLine(state, key, text, own);
    return;
  }
  setPlaceholder(state, key, text, own, origin);
}

/** A placeholder that `set-placeholder` or `resolve` gives a value. */
function setPlaceholder(state: State, key: string, value: string, own: Origin, origin: Origin): void {
  if (findOption(key) !== null) {
    const message = `'${key}' is an option, it cannot be a placeholder as well.`;
    const asUwsgi = `you cannot use ${key} as a placeholder, it is already available as an option`;
    throw fail('placeholder-conflict', message, origin, key, 'Take another name for the placeholder.', asUwsgi);
  }
  checkForbidden(state, key, origin);
  state.placeholders.add(key);
  listItem(state, { key, value, origin: own, settled: true });
}

/** `resolve = name=host`: the host's IPv4 address as a placeholder, from the host itself or from /etc/hosts. */
function resolveName(state: State, value: string, origin: Origin): void {
  const equals = value.indexOf('=');
  if (equals === -1) {
    const asUwsgi = 'invalid resolve syntax, must be placeholder=domain';
    throw fail('bad-value', `'resolve = ${value}' names no host.`, origin, 'resolve', 'Write name=host.', asUwsgi);
  }
  const key = value.slice(0, equals);
  const name = value.slice(equals + 1);
  const isNumeric = /^\d[\d.]*$/.test(name);
  const address = isNumeric ? numericAddress(name) : hostAddress(state, name);
  if (address === null) {
    const message = `'${name}' is not in /etc/hosts, and reading a configuration asks no name server.`;
    const hint = `Write set-placeholder = ${key}=ADDRESS instead.`;
    const reason = isNumeric || name.includes(':') ? 'Invalid argument' : 'Success';
    const asUwsgi = `unable to resolve name ${name}\nuwsgi_resolve_ip(): ${reason}`;
    throw fail('not-supported', message, origin, 'resolve', hint, asUwsgi);
  }
  const via = { option: 'resolve', value, origin };
  setPlaceholder(state, key, address, { ...origin, via }, origin);
}

/** `127.1` is 127.0.0.1, a number with a leading 0 is octal; null: no address (inet_aton). */
function numericAddress(text: string): string | null {
  const parts = text.split('.').map((part) => (/^0[0-7]*$|^[1-9]\d*$/.test(part) ? part : null));
  const numbers = parts.map((part) => (part === null ? Number.NaN : Number.parseInt(part, part[0] === '0' ? 8 : 10)));
  const last = numbers.pop() ?? Number.NaN;
  const rest = 256 ** (4 - numbers.length);
  if (numbers.length > 3 || !(last < rest) || numbers.some((number) => !(number <= 255))) return null;
  const value = numbers.reduce((sum, number, index) => sum + number * 256 ** (3 - index), last);
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function hostAddress({ host }: State, name: string): string | null {
  const read = host.readFile('/etc/hosts');
  for (const line of read.ok ? decodeText(read.bytes).split('\n') : []) {
    const [address = '', ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    if (names.includes(name) && /^\d+(\.\d+){3}$/.test(address)) return address;
  }
  return null;
}

function declareOption(state: State, name: string, value: string, origin: Origin): void {
  const equals = value.indexOf('=');
  if (equals === -1) {
    const hint = 'Write new-option=option=$1;option=$2.';
    const asUwsgi = `invalid ${value} syntax, must be newoption=template`;
    throw fail('bad-value', `'${name} = ${value}' declares nothing.`, origin, name, hint, asUwsgi);
  }
  const declared = { option: name, value, origin };
  const template = value.slice(equals + 1);
  state.custom.set(value.slice(0, equals), { template, immediate: name === 'declare-option', declared });
}

function applyCustom(state: State, custom: CustomOption, value: string, origin: Origin): void {
  if (state.customDepth >= MAX_DEPTH) {
    const message = `A declared option stands for itself: ${custom.template}.`;
    throw fail('logic', message, origin, null, 'Write the options it stands for.');
  }
  state.customDepth++;
  const words = value.split(' ');
  for (const part of custom.template.split(';')) {
    if (part === '') continue;
    countRepetition(state, origin, custom.declared.option);
    const text = part.replaceAll(/\$([1-9])/g, (whole, digit: string) => words[Number(digit) - 1] ?? whole);
    const equals = text.indexOf('=');
    const key = equals === -1 ? text : text.slice(0, equals);
    const own = { ...origin, via: { ...custom.declared, origin: within(custom.declared.origin, origin.via) } };
    applyOption(state, key, equals === -1 ? null : text.slice(equals + 1), own);
  }
  state.customDepth--;
}

function unknownInStrict(key: string, origin: Origin) {
  const hint = `Correct the name, or set it as a placeholder with 'set-placeholder = ${key}=...'.`;
  const asUwsgi = `[strict-mode] unknown config directive: ${key}`;
  return fail('unknown-option', `Unknown option '${key}'; 'strict' is on.`, origin, key, hint, asUwsgi);
}
