/**
 * What the editor says about an option, and which options it offers: sentences and candidates from the engine's
 * option table. Pure; option-help.ts shows them.
 */
import { findOption, type OptionInfo, optionTable } from '../../engine/config/option-table.ts';
import { splitLines } from './line-diff.ts';

const KIND_WORDS: Record<OptionInfo['kind'], string> = {
  flag: 'flag',
  int: 'integer',
  string: 'text',
  list: 'text, repeatable',
  mb: 'megabytes',
  bytes: 'bytes',
  seconds: 'seconds',
  address: 'address',
  path: 'path',
  mode: 'octal mode',
  logic: 'logic',
};

export function kindWords(option: OptionInfo): string {
  return KIND_WORDS[option.kind];
}

/** `integer, default 1` */
export function headWords(option: OptionInfo): string {
  return option.default === null ? kindWords(option) : `${kindWords(option)}, default ${option.default}`;
}

/** `-p, workers`: the letter and the other names. */
export function aliasWords(option: OptionInfo, name: string): string {
  const others = [option.name, ...option.aliases].filter((alias) => alias !== name);
  return [...(option.short ? [`-${option.short}`] : []), ...others.slice(0, 3)].join(', ');
}

export function helpWords(option: OptionInfo): string {
  if (option.help !== null) return option.help;
  const origin = option.plugin === 'core' ? 'uWSGI option' : `Option of uWSGI's ${option.plugin} plugin`;
  return `${origin}. It is rarely used, so there is no help for it here.`;
}

/** What it takes, and where it works. */
export function footWords(option: OptionInfo): string[] {
  const takes = {
    none: 'Takes no value; true or false may be written.',
    optional: 'A value is optional.',
    required: option.repeatable ? 'Takes a value; may be given several times.' : 'Takes a value.',
  }[option.argument];
  return [takes, whereItWorks(option)];
}

function whereItWorks({ plugin, status, reason }: OptionInfo): string {
  if (plugin === 'reeve') return 'An option of the bundled engine; uWSGI does not know it.';
  switch (status) {
    case 'works':
      return 'Works on uWSGI and on the bundled engine.';
    case 'no effect':
      return `Works on uWSGI. No effect on the bundled engine: ${reason ?? 'not needed there'}.`;
    case 'not supported':
      return 'Works on uWSGI. The bundled engine does not support it and does not start with it.';
  }
}

export type Place =
  | { type: 'key'; from: number /** The rest of the line has a `=` already. */; hasEquals: boolean }
  | { type: 'value'; from: number; option: OptionInfo | null }
  | { type: 'placeholder'; from: number };

/** What the cursor at `column` of a line is in; null in comments and section heads. `from` is a column. */
export function placeAt(line: string, column: number): Place | null {
  const before = line.slice(0, column);
  if (/^\s*[;#[]/.test(line)) return null;
  const placeholder = /%\(([\w.-]*)$/.exec(before);
  if (placeholder) return { type: 'placeholder', from: column - (placeholder[1]?.length ?? 0) };
  const equals = before.indexOf('=');
  if (equals < 0) {
    const from = before.length - before.trimStart().length;
    return { type: 'key', from, hasEquals: line.includes('=', column) };
  }
  const from = equals + 1 + (/^\s*/.exec(before.slice(equals + 1))?.[0].length ?? 0);
  return { type: 'value', from, option: findOption(line.slice(0, equals).trim()) };
}

/** Names that `%(…)` may use: every key of the text and what `set` defines, without options of uWSGI. */
export function placeholderNames(text: string): string[] {
  const names = new Set<string>();
  for (const line of splitLines(text)) {
    const match = /^\s*([^;#[=\s][^=]*?)\s*=\s*(.*)$/.exec(line);
    if (!match) continue;
    const [, key = '', value = ''] = match;
    if (/^(?:set|set-ph|set-placeholder)$/.test(key)) names.add(value.split('=')[0]?.trim() ?? '');
    else if (!findOption(key)) names.add(key);
  }
  names.delete('');
  return [...names].sort();
}

/** All names with a weight for the list: what works first, then what has a help text. */
export function optionCandidates(): { name: string; option: OptionInfo; weight: number }[] {
  return optionTable.flatMap((option) => {
    const weight = option.status === 'works' ? 20 : option.help === null ? -20 : 0;
    return [option.name, ...option.aliases].map((name, index) => ({
      name,
      option,
      weight: weight - Math.min(index, 5),
    }));
  });
}

/** What a chosen option puts into the line after its name. */
export function afterName(option: OptionInfo, hasEquals: boolean): string {
  if (hasEquals) return '';
  return option.kind === 'flag' ? ' = true' : ' = ';
}
