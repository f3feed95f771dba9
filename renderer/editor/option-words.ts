/**
 * What the editor says about an option: kind, default, aliases, help, when a change takes effect, where it works.
 * Pure; the sentences are those of completion, of the hover card and of whoever else shows an option.
 */
import type { ConfigTarget } from '../../electron/contract/model.ts';
import type { OptionInfo } from '../../engine/config/option-table.ts';

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

const EFFECT_WORDS: Record<OptionInfo['effect'], string> = {
  workers: 'A change takes effect in the next worker that starts.',
  reload: 'A change takes effect with the next reload.',
  restart: 'A change takes effect with the next restart; a reload is not enough.',
};

/** `seconds`, `integer`; of a number that has a unit: `requests`. */
export function kindWords({ kind, unit, choices }: OptionInfo): string {
  if (choices !== null && kind === 'string') return 'choice';
  return unit !== null && kind === 'int' ? unit : KIND_WORDS[kind];
}

/** `integer, default 1`: the default of the server that the text belongs to. */
export function headWords(option: OptionInfo, target: ConfigTarget | null = null): string {
  const value = target?.server === 'uwsgi' ? (option.uwsgiDefault ?? option.default) : option.default;
  return value === null ? kindWords(option) : `${kindWords(option)}, default ${value}`;
}

/** `-p, workers`: the letter and the other names. */
export function aliasWords(option: OptionInfo, name: string): string {
  const others = [option.name, ...option.aliases].filter((alias) => alias !== name);
  return [...(option.short ? [`-${option.short}`] : []), ...others.slice(0, 3)].join(', ');
}

export function helpWords(option: OptionInfo): string {
  return option.help;
}

/** `One of spare, backlog.`, `Takes no value; ...` */
export function takesWords(option: OptionInfo): string {
  if (option.choices !== null) return `One of ${option.choices.join(', ')}.`;
  return {
    none: 'Takes no value; true or false may be written.',
    optional: 'A value is optional.',
    required: option.repeatable ? 'Takes a value; may be given several times.' : 'Takes a value.',
  }[option.argument];
}

/** null for what acts while the file is read: it has no moment of its own. */
export function effectWords(option: OptionInfo, target: ConfigTarget | null = null): string | null {
  if (option.kind === 'logic') return null;
  return EFFECT_WORDS[target?.server === 'engine' ? option.engineEffect : option.effect];
}

/** Where it works, of the server that the text belongs to first. */
export function whereWords(option: OptionInfo, target: ConfigTarget | null): string {
  const since = option.since === null ? '' : ` Since ${option.since}.`;
  const release = target?.version ? ` (${target.version})` : '';
  if (target?.server === 'uwsgi' && target.missing.includes(option.name)) {
    return `Not on this server: its uWSGI${release} does not have it.${since}`;
  }
  if (option.plugin === 'reeve') return 'An option of the bundled engine; uWSGI does not know it.';
  const isHere = target?.server === 'uwsgi' ? 'on this server' : 'on uWSGI';
  const engine = target?.server === 'engine' ? 'here, on the bundled engine,' : 'on the bundled engine';
  switch (option.status) {
    case 'works':
      return target?.server === 'engine'
        ? `Works here and on uWSGI.${since}`
        : `Works ${isHere} and on the bundled engine.${since}`;
    case 'no effect':
      return `Works ${isHere}. No effect ${engine} as ${option.reason ?? 'it is not needed there'}.${since}`;
    case 'not supported':
      return target?.server === 'engine'
        ? `Works on uWSGI. Not supported here: the bundled engine does not start with it.${since}`
        : `Works ${isHere}. The bundled engine does not support it and does not start with it.${since}`;
  }
}
