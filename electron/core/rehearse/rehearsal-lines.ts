/**
 * The configuration of a rehearsal: one flat INI made of the lines that take effect, with every address, FIFO, pidfile and
 * log moved aside, and without what would act on the real server or beyond the application. Each change is told with the
 * line it comes from, and each line of the flat file knows its origin. Pure: ports and folder are given.
 */
import { parseAddress } from '../../../engine/config/address.ts';
import { findOption } from '../../../engine/config/option-table.ts';
import type { Resolved } from '../../../engine/config/resolve.ts';
import type { ResolvedOption } from '../../../engine/config/resolve-state.ts';
import type { Origin } from '../../../engine/config/settings.ts';
import { leadingInteger } from '../../../engine/config/values.ts';
import { type Fate, fateOf, hasNoEffect } from './rehearsal-options.ts';

export interface RehearsalChange {
  kind: 'moved' | 'left-out' | 'changed';
  option: string;
  value: string;
  /** What stands there during the rehearsal; null: nothing. */
  instead: string | null;
  why: string | null;
  origin: Origin;
}

export interface RehearsalFile {
  text: string;
  /** Where each line of `text` comes from, by its number from 1 on; null: the rehearsal's own. */
  origins: (Origin | null)[];
  /** Files beside it: values that do not fit into one line of an INI. */
  values: { name: string; text: string }[];
  changes: RehearsalChange[];
  /** Where statistics and the one request are asked. */
  statsSocket: string;
  askSocket: string;
}

export interface RehearsalPlace {
  /** Absolute, only this user may enter it. */
  folder: string;
  /** Each call gives another free port of 127.0.0.1. */
  nextPort: () => number;
  /** Workers that are started at most. */
  mostWorkers: number;
}

/** Workers are copies of each other: two show what a configuration does, and spare the memory of the rest. */
export const MOST_WORKERS = 2;

/** How many lines of `applied` may need a port. */
export function countAddresses(applied: readonly ResolvedOption[]): number {
  return applied.filter(({ key }) => {
    const option = findOption(key);
    return option !== null && fateOf(option).type === 'address';
  }).length;
}

export function writeRehearsal(
  resolved: Pick<Resolved, 'options' | 'placeholders'>,
  applied: readonly ResolvedOption[],
  place: RehearsalPlace,
): RehearsalFile {
  const writer = new Writer(place);
  writer.line('stats', writer.statsSocket, null);
  writer.line('http-socket', writer.askSocket, null);
  for (const item of applied) writer.take(item);
  // What applications look up in `uwsgi.opt` beside options, and values of names that no option has.
  const set = new Set<string>();
  for (const { key, value, origin } of resolved.options) {
    if (findOption(key) !== null || !/^[\w.-]+$/.test(key) || set.has(key)) continue;
    set.add(key);
    writer.line('set-placeholder', `${key}=${value}`, origin);
  }
  return writer.file();
}

/** Places of the flat file in a text of the engine's, as the places they come from. */
export function originsInText(text: string, path: string, origins: RehearsalFile['origins']): string {
  return text.replaceAll(/[^\s'"]+:(\d+)/g, (whole, line: string) => {
    if (!whole.startsWith(`${path}:`)) return whole;
    const origin = origins[Number(line) - 1] ?? null;
    if (origin === null) return whole;
    return origin.line > 0 ? `${origin.file}:${origin.line}` : origin.file;
  });
}

class Writer {
  readonly statsSocket: string;
  readonly askSocket: string;
  readonly #place: RehearsalPlace;
  readonly #lines: string[] = ['[uwsgi]'];
  readonly #origins: RehearsalFile['origins'] = [null];
  readonly #values: RehearsalFile['values'] = [];
  readonly #changes: RehearsalChange[] = [];
  #moved = 0;

  constructor(place: RehearsalPlace) {
    this.#place = place;
    this.statsSocket = `${place.folder}/stats`;
    this.askSocket = `${place.folder}/ask`;
  }

  take(item: ResolvedOption): void {
    const option = findOption(item.key);
    // A name that no server knows: it is set as a placeholder, with the others.
    if (option === null || option.kind === 'logic' || hasNoEffect(option)) return;
    const fate = fateOf(option);
    switch (fate.type) {
      case 'keep':
        this.line(item.key, item.value, item.origin);
        return;
      case 'drop':
        return;
      case 'leave-out':
        this.#tell('left-out', item, null, fate.why);
        return;
      case 'file':
        this.#move(item, this.#path());
        return;
      case 'cache':
        this.#moveStore(item);
        return;
      case 'address':
        this.#moveAddress(item, fate);
        return;
      case 'stats':
        this.#tell('moved', item, this.statsSocket, null);
        return;
      case 'workers':
        this.#lessWorkers(item);
    }
  }

  line(key: string, value: string, origin: Origin | null): void {
    this.#lines.push(`${key} = ${this.#written(value)}`);
    this.#origins.push(origin);
  }

  file(): RehearsalFile {
    return {
      text: `${this.#lines.join('\n')}\n`,
      origins: this.#origins,
      values: this.#values,
      changes: this.#changes,
      statsSocket: this.statsSocket,
      askSocket: this.askSocket,
    };
  }

  #moveAddress(item: ResolvedOption, fate: Extract<Fate, { type: 'address' }>): void {
    const { before, address, behind } = splitAddress(item.value);
    if (/^=\d+$/.test(address)) {
      this.line(item.key, item.value, item.origin);
      return;
    }
    const parsed = parseAddress(address);
    const isPath = parsed.ok && (parsed.address.type === 'unix' || parsed.address.type === 'abstract');
    const instead = isPath && !fate.needsPort ? this.#path() : `127.0.0.1:${this.#place.nextPort()}`;
    this.line(item.key, `${before}${instead}${behind}`, item.origin);
    this.#tell('moved', { ...item, value: address }, instead, null);
  }

  #move(item: ResolvedOption, instead: string): void {
    this.line(item.key, instead, item.origin);
    this.#tell('moved', item, instead, null);
  }

  /** The real server writes its store all the while. */
  #moveStore(item: ResolvedOption): void {
    const [, before, path, behind] = /^(|[^]*,)store=([^,]+)([^]*)$/.exec(item.value) ?? [];
    if (before === undefined || path === undefined || behind === undefined) {
      this.line(item.key, item.value, item.origin);
      return;
    }
    const instead = this.#path();
    this.line(item.key, `${before}store=${instead}${behind}`, item.origin);
    this.#tell('moved', { ...item, value: path }, instead, null);
  }

  #lessWorkers(item: ResolvedOption): void {
    const wanted = leadingInteger(item.value) ?? 0;
    const started = Math.min(wanted, this.#place.mostWorkers);
    this.line(item.key, String(started), item.origin);
    if (started < wanted)
      this.#tell('changed', item, String(started), 'To spare memory; the others are copies of them.');
  }

  #tell(kind: RehearsalChange['kind'], item: ResolvedOption, instead: string | null, why: string | null): void {
    this.#changes.push({ kind, option: item.key, value: item.value, instead, why, origin: item.origin });
  }

  #path(): string {
    this.#moved += 1;
    return `${this.#place.folder}/${this.#moved}`;
  }

  /** Values are expanded already: a per cent sign stands for itself. */
  #written(value: string): string {
    if (value !== value.trim() || /[\r\n]/.test(value)) {
      const name = `value-${this.#values.length + 1}`;
      this.#values.push({ name, text: `${value}\n` });
      return `@(${this.#place.folder}/${name})`;
    }
    return value.replaceAll(/%(?!\()/g, '%%');
  }
}

/** The address in `ADDRESS`, `ADDRESS,CERTIFICATE,KEY` (https) and `addr=ADDRESS,cert=…` (https2). */
function splitAddress(value: string): { before: string; address: string; behind: string } {
  const start = /(?:^|,)addr=/.exec(value);
  const from = start === null ? 0 : start.index + start[0].length;
  const comma = value.indexOf(',', from);
  const to = comma === -1 ? value.length : comma;
  return { before: value.slice(0, from), address: value.slice(from, to), behind: value.slice(to) };
}
