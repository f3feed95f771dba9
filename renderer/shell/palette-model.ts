/**
 * What the palette lists for a query: instances, actions, options; ranked exact, prefix, start of a word, inside.
 * `>` asks for actions only, `@` for options of uWSGI. Pure.
 */

import type { Command } from '../commands/commands.ts';

export type PaletteGroup = 'instances' | 'do' | 'options';

export interface PaletteItem {
  id: string;
  group: PaletteGroup;
  title: string;
  detail: string;
  /** Part of the title that matched, for marking; null when something else did. */
  match: { from: number; to: number } | null;
  shortcut: string | null;
  whyNot: string | null;
}

export interface OptionHit {
  name: string;
  help: string;
}

export interface PaletteQuery {
  text: string;
  commands: readonly Command[];
  /** Ids that were run lately, newest first. */
  recent: readonly string[];
  searchOptions: (text: string) => readonly OptionHit[];
}

/** Begins the ids of commands that there is one of for every host. */
export const OF_EACH_HOST = 'host.';
/** The same for every instance but the open one, whose own command comes first. */
const OF_OTHERS = 'reload.';

export const MOST_IN_GROUP = 8;
const MOST_OPTIONS_BESIDE = 3;
const INSTANCE_PREFIX = 'go.instance.';

export function paletteItems({ text, commands, recent, searchOptions }: PaletteQuery): PaletteItem[] {
  const trimmed = text.trim();
  const sigil = trimmed.startsWith('>') || trimmed.startsWith('@') ? trimmed[0] : null;
  const query = (sigil === null ? trimmed : trimmed.slice(1).trim()).toLowerCase();
  const options = sigil !== '>' && query.length >= (sigil === '@' ? 1 : 3) ? optionItems(query, searchOptions) : [];
  if (sigil === '@') return options.slice(0, MOST_IN_GROUP * 2);

  // What there is of every instance or host is only worth its line when one asks for something.
  const ranked = commands
    .filter(({ id }) => query !== '' || !(id.startsWith(OF_OTHERS) || id.startsWith(OF_EACH_HOST)))
    .map((command) => ({ command, rank: rankOf(command, query, recent) }))
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  const instances = ranked.filter(({ command }) => isInstance(command)).slice(0, MOST_IN_GROUP);
  const actions = ranked
    .filter(({ command }) => !isInstance(command))
    .slice(0, query ? MOST_IN_GROUP : MOST_IN_GROUP * 2);
  return [
    ...(sigil === '>' ? [] : instances.map(({ command }) => commandItem(command, 'instances', query))),
    ...actions.map(({ command }) => commandItem(command, 'do', query)),
    ...options.slice(0, MOST_OPTIONS_BESIDE),
  ];
}

function isInstance({ id }: Command): boolean {
  return id.startsWith(INSTANCE_PREFIX);
}

/** Lower is better; null: it does not match. Actions that can't run come after those that can. */
function rankOf(command: Command, query: string, recent: readonly string[]): number | null {
  const recentIndex = recent.indexOf(command.id);
  const bonus = recentIndex === -1 ? 0.9 : (0.9 * recentIndex) / Math.max(1, recent.length);
  const penalty = (command.whyNot === null ? 0 : 10) + (command.id.startsWith(OF_OTHERS) ? 1 : 0);
  const matchRank =
    rankText(command.title, query) ??
    (rankText(`${command.keywords ?? ''} ${command.detail ?? ''}`, query) === null ? null : 5);
  return matchRank === null ? null : matchRank + bonus + penalty;
}

function rankText(text: string, query: string): number | null {
  const lower = text.toLowerCase();
  if (query === '' || lower === query) return 0;
  const at = lower.indexOf(query);
  if (at === 0) return 1;
  if (at > 0) return /[\s/._-]/.test(lower[at - 1] ?? '') ? 2 : 3;
  // All words somewhere: `theme light` finds "Use the light theme".
  return query.split(/\s+/).every((word) => lower.includes(word)) ? 4 : null;
}

function commandItem(command: Command, group: PaletteGroup, query: string): PaletteItem {
  return {
    id: command.id,
    group,
    title: command.title,
    detail: command.whyNot ?? command.detail ?? '',
    match: matchIn(command.title, query),
    shortcut: command.shortcut ?? null,
    whyNot: command.whyNot,
  };
}

function optionItems(query: string, searchOptions: PaletteQuery['searchOptions']): PaletteItem[] {
  return searchOptions(query).map(({ name, help }) => ({
    id: `option.${name}`,
    group: 'options',
    title: name,
    detail: help,
    match: matchIn(name, query),
    shortcut: null,
    whyNot: null,
  }));
}

function matchIn(title: string, query: string): PaletteItem['match'] {
  const from = query === '' ? -1 : title.toLowerCase().indexOf(query);
  return from === -1 ? null : { from, to: from + query.length };
}
