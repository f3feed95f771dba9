/** What the reference says about an option besides its texts: where it works, and rows of facts. Pure. */
import type { ConfigTarget, Health } from '../../../../electron/contract/model.ts';
import type { OptionEffect, OptionInfo } from '../../../../engine/config/option-table.ts';
import { kindWords, takesWords } from '../../../editor/option-words.ts';

export interface StatusLine {
  level: Health['level'];
  text: string;
}

/** uWSGI and the engine; the one that the file is for comes first. */
export function statusLines(option: OptionInfo, target: ConfigTarget | null): StatusLine[] {
  const lines = [uwsgiLine(option, target), engineLine(option, target?.server === 'engine')];
  return target?.server === 'engine' ? lines.toReversed() : lines;
}

function uwsgiLine({ plugin, since, name }: OptionInfo, target: ConfigTarget | null): StatusLine {
  if (plugin === 'reeve') return { level: 'off', text: 'uWSGI does not know it: it belongs to the bundled engine.' };
  const from = since === null ? '' : ` since ${since}`;
  const by = plugin === 'core' ? '' : `, with the plugin ${plugin}`;
  if (target?.server !== 'uwsgi') return { level: 'ok', text: `Works on uWSGI${from}${by}.` };
  const release = target.version ? ` (${target.version})` : '';
  if (target.missing.includes(name)) {
    return {
      level: 'warn',
      text: `Not on this server: its uWSGI${release} does not have it. uWSGI has it${from}${by}.`,
    };
  }
  return { level: 'ok', text: `Works on this server's uWSGI${release}${by}.` };
}

function engineLine({ status, reason }: OptionInfo, isHere: boolean): StatusLine {
  const engine = isHere ? 'here, on the bundled engine' : 'on the bundled engine';
  switch (status) {
    case 'works':
      return { level: 'ok', text: `Works ${engine}.` };
    case 'no effect':
      return { level: 'off', text: `No effect ${engine}${reason === null ? '' : `, as ${reason}`}.` };
    case 'not supported':
      return {
        level: 'warn',
        text: `Not supported ${engine}, which does not start with it${reason === null ? '' : `: ${reason}`}.`,
      };
  }
}

export interface FactRow {
  name: string;
  value: string;
  /** Code rather than words. */
  isMono: boolean;
}

const EFFECTS: Record<OptionEffect, string> = {
  workers: 'in the next worker that starts',
  reload: 'with the next reload',
  restart: 'with the next restart; a reload is not enough',
};

/** Facts that there are; what differs between the servers has a row for each. */
export function factRows(option: OptionInfo, target: ConfigTarget | null): FactRow[] {
  const { unit, choices, since, plugin, short, aliases } = option;
  const kind = kindWords({ ...option, unit: null });
  const names = [...aliases, ...(short === null ? [] : [`-${short}`])];
  return [
    ...(names.length === 0 ? [] : [row('Also', names.join(', '), true)]),
    row('Kind', kind),
    ...(unit === null || unit === kind ? [] : [row('Unit', unit)]),
    ...(choices === null ? [row('Value', takesWords(option))] : [row('Choices', choices.join(', '), true)]),
    ...defaultRows(option, target),
    ...effectRows(option, target),
    ...(since === null ? [] : [row('Since', `uWSGI ${since}`)]),
    row('Plugin', plugin === 'core' ? 'none needed' : plugin === 'reeve' ? 'the bundled engine' : plugin),
  ];
}

function defaultRows(option: OptionInfo, target: ConfigTarget | null): FactRow[] {
  const ofEngine = option.default;
  const ofUwsgi = option.uwsgiDefault ?? option.default;
  if (ofEngine === ofUwsgi || !isOnEngine(option)) {
    return ofUwsgi === null ? [] : [row('Default', ofUwsgi, true)];
  }
  return ofBoth('Default', ofUwsgi ?? 'none', ofEngine ?? 'none', target, true);
}

function effectRows(option: OptionInfo, target: ConfigTarget | null): FactRow[] {
  if (option.kind === 'logic') return [row('In effect', 'while the file is read')];
  if (option.plugin === 'reeve') return [row('In effect', EFFECTS[option.engineEffect])];
  if (option.effect === option.engineEffect || !isOnEngine(option)) return [row('In effect', EFFECTS[option.effect])];
  return ofBoth('In effect', EFFECTS[option.effect], EFFECTS[option.engineEffect], target, false);
}

/** The server that the file is for comes first. */
function ofBoth(name: string, uwsgi: string, engine: string, target: ConfigTarget | null, isMono: boolean): FactRow[] {
  const rows = [row(`${name}, uWSGI`, uwsgi, isMono), row(`${name}, engine`, engine, isMono)];
  return target?.server === 'engine' ? rows.toReversed() : rows;
}

function isOnEngine({ status }: OptionInfo): boolean {
  return status === 'works';
}

function row(name: string, value: string, isMono = false): FactRow {
  return { name, value, isMono };
}
