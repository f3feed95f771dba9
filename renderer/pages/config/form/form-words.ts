/**
 * Words and figures of the form: units, which control an option gets, when a change takes effect, what was there
 * before. Pure.
 */
import type { ConfigTarget } from '../../../../electron/contract/model.ts';
import type { OptionInfo } from '../../../../engine/config/option-table.ts';
import { isFlagWord, isOn, wholeNumber } from '../../../../engine/config/values.ts';
import type { FormField } from './form-model.ts';

export type ControlType = 'switch' | 'choice' | 'number' | 'mode' | 'path' | 'address' | 'text';

/** Signs of measures. What is merely counted (requests, workers) is in the name already. */
const UNIT_SIGNS: Readonly<Record<string, string>> = {
  seconds: 's',
  milliseconds: 'ms',
  percent: '%',
  bytes: 'B',
  KiB: 'KiB',
  MiB: 'MiB',
};

const CONTROLS: Record<OptionInfo['kind'], ControlType> = {
  flag: 'switch',
  int: 'number',
  mb: 'number',
  bytes: 'number',
  seconds: 'number',
  mode: 'mode',
  path: 'path',
  address: 'address',
  string: 'text',
  list: 'text',
  logic: 'text',
};

/** The control for a value: a switch or a choice only while the value is one that it can show. */
export function controlFor(option: OptionInfo | null, value: string): ControlType {
  if (option === null) return 'text';
  if (/[$%@]\(/.test(value)) return 'text';
  if (option.choices !== null && !option.repeatable) return 'choice';
  const control = CONTROLS[option.kind];
  if (control === 'switch') return isFlagWord(value) ? 'switch' : 'text';
  return control;
}

/** Controls with short values stand in a narrow column. */
export function isNarrow(control: ControlType): boolean {
  return control === 'switch' || control === 'number' || control === 'mode' || control === 'choice';
}

/** `s`, `MiB`; empty for a bare count. */
export function unitSign(option: OptionInfo | null): string {
  const unit = option?.unit ?? null;
  return unit === null ? '' : (UNIT_SIGNS[unit] ?? '');
}

/** `5,000` while nobody types in it; what is no whole number stays as it is. */
export function shownNumber(value: string): string {
  const number = wholeNumber(value);
  return number === null ? value : number.toLocaleString('en-US');
}

/** A number one more or less, for the arrow keys; null when the value is none. */
export function steppedNumber(value: string, by: 1 | -1): string | null {
  const number = value.trim() === '' ? 0 : wholeNumber(value.trim());
  return number === null ? null : String(Math.max(0, number + by));
}

/** Whose start is meant: defaults and effects differ here and there. */
export type ServerKind = 'uwsgi' | 'engine';

/** What counts while nothing is written; empty when there is no such value. */
export function defaultOf(option: OptionInfo | null, server: ServerKind): string {
  return (server === 'uwsgi' ? option?.uwsgiDefault : null) ?? option?.default ?? '';
}

export interface ShownState {
  /** The line that counts here; what another file or a condition gives; empty: it is not set. */
  value: string;
  /** By a line of its own. */
  isSet: boolean;
  isOn: boolean;
  /** It is given elsewhere: shown, not changed here. */
  isLocked: boolean;
}

export function shownState({ lines, outside, conditional, option }: FormField, server: ServerKind): ShownState {
  const line = lines.at(-1);
  const elsewhere = line === undefined ? (outside ?? conditional.at(-1)) : undefined;
  const given = line ?? elsewhere;
  return {
    value: given?.value ?? '',
    isSet: line !== undefined,
    isOn: given === undefined ? defaultOf(option, server) === 'true' : isOn(given.value),
    isLocked: elsewhere !== undefined,
  };
}

export function choicesOf({ option }: FormField, value: string): readonly string[] {
  const choices = option?.choices ?? [];
  return value === '' || choices.includes(value) ? choices : [value, ...choices];
}

/** What the name says when one points at it. */
export function helpTitle({ option, label }: FormField, target: ConfigTarget | null): string {
  if (option === null) return `${label} is no option of uWSGI: a placeholder, or an option that the file declares.`;
  const also = label === option.name ? '' : ` Its usual name is ${option.name}.`;
  const lack = lackWords(option, target);
  return `${option.help ?? `Option of uWSGI's ${option.plugin}.`}${also}${lack === null ? '' : ` ${lack}`}`;
}

/** Why the server that the file is for does not have the option; null: it has, as far as is known. */
export function lackWords(option: OptionInfo | null, target: ConfigTarget | null): string | null {
  if (option === null || target === null) return null;
  if (target.server === 'engine') {
    return option.status === 'not supported'
      ? 'The bundled engine does not support it and does not start with it.'
      : null;
  }
  if (!target.missing.includes(option.name)) return null;
  if (option.plugin === 'reeve') return 'An option of the bundled engine; uWSGI does not know it.';
  const release = target.version === null ? '' : ` ${target.version}`;
  const since = option.since === null ? '' : ` It came with ${option.since}.`;
  return `The uWSGI${release} of this server does not have it.${since}`;
}

/** Id of the control of an option. */
export function rowId(name: string): string {
  return `form-${name}`;
}

export function notesId(name: string): string {
  return `${rowId(name)}-notes`;
}

/** `Was 100.`, `New.`, `Was 4, now not set.` */
export function changeWords({ lines, saved, option }: FormField, server: ServerKind): string {
  const show = (values: readonly string[]): string => {
    if (option?.repeatable && values.length > 1) return `${values.length} values`;
    return shownNumber(values.at(-1) ?? '') || 'empty';
  };
  if (lines.length === 0) return `Was ${show(saved)}, now not set.`;
  if (saved.length > 0) return `Was ${show(saved)}.`;
  const usual = defaultOf(option, server);
  return usual === '' || usual === 'false' ? 'Was unset.' : `Was unset, so ${shownNumber(usual)}.`;
}

/** When a changed value is in effect. */
export function effectWords(option: OptionInfo | null, server: ServerKind): string {
  switch (server === 'engine' ? option?.engineEffect : option?.effect) {
    case 'workers':
      return 'Takes effect for each worker as it starts anew.';
    case 'restart':
      return option !== null && isAboutSockets(option)
        ? 'Takes effect on a restart: every reload keeps the open sockets.'
        : 'Takes effect on a restart; a reload does not change it.';
    case 'reload':
      return 'Takes effect on a reload.';
    case undefined:
      return 'Takes effect with the lines that use it.';
  }
}

function isAboutSockets({ kind, section, name }: OptionInfo): boolean {
  return kind === 'address' || name === 'listen' || section === 'Sockets' || section === 'Addresses to answer on';
}
