/**
 * What a configuration says about work beside requests, as far as the stats document does not tell of it: folders of
 * spoolers, mules and their farms, alarms. Pure.
 */
import { resolvePath } from '../../../engine/config/host.ts';
import { isOn, leadingInteger } from '../../../engine/config/values.ts';

export interface BackgroundOptions {
  /** Folders of `spooler` and `spooler-external`, absolute. */
  spools: { path: string; isExternal: boolean }[];
  /** Without it tasks in folders of priorities are never run. */
  ordered: boolean;
  spoolEveryMs: number;
  /** Scripts of the mules in their order; empty: it waits for messages. */
  mules: string[];
  farms: { name: string; mules: number[] }[];
  alarms: { name: string; action: string }[];
}

export const NO_BACKGROUND: BackgroundOptions = {
  spools: [],
  ordered: false,
  spoolEveryMs: 30_000,
  mules: [],
  farms: [],
  alarms: [],
};

const MOST_MULES = 1_000;

/** `all`: values of an option in their order; `folder`: where the server works. */
export function readBackgroundOptions(all: (name: string) => string[], folder: string): BackgroundOptions {
  const last = (name: string): string | undefined => all(name).at(-1);
  const everyS = leadingInteger(last('spooler-frequency') ?? '') ?? 0;
  const spools = (name: string, isExternal: boolean): BackgroundOptions['spools'] =>
    all(name)
      .filter((value) => value !== '')
      .map((value) => ({ path: resolvePath(folder, value), isExternal }));
  return {
    spools: [...spools('spooler', false), ...spools('spooler-external', true)],
    ordered: isOn(last('spooler-ordered') ?? 'false'),
    spoolEveryMs: everyS > 0 ? everyS * 1000 : NO_BACKGROUND.spoolEveryMs,
    mules: mulesOf(all),
    farms: all('farm').flatMap(farmOf),
    alarms: all('alarm').flatMap(alarmOf),
  };
}

/** `mule` without a script, or with a word that only says that there is one, waits for messages. */
function mulesOf(all: (name: string) => string[]): string[] {
  const named = all('mule').map((value) => (/^(true|1|)$/.test(value) ? '' : value));
  const unnamed = all('mules').reduce((sum, value) => sum + Math.max(0, leadingInteger(value) ?? 0), 0);
  return [...named, ...Array.from({ length: unnamed }, () => '')].slice(0, MOST_MULES);
}

/** `NAME:1,2`. */
function farmOf(value: string): BackgroundOptions['farms'] {
  const cut = value.indexOf(':');
  if (cut <= 0) return [];
  const mules = value
    .slice(cut + 1)
    .split(',')
    .map(Number)
    .filter((id) => Number.isSafeInteger(id) && id > 0);
  return [{ name: value.slice(0, cut), mules }];
}

/** `NAME PLUGIN:ARGUMENT`. */
function alarmOf(value: string): BackgroundOptions['alarms'] {
  const [, name, action] = /^(\S+)\s+(.+)$/s.exec(value.trim()) ?? [];
  return name === undefined || action === undefined ? [] : [{ name, action }];
}
