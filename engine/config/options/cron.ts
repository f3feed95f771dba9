/**
 * Commands at times of the day: `cron` and its kin. Five numbers and the command, or names for what is rarely set.
 */

import type { CronSetting } from '../cron-settings.ts';
import { type CronTime, nextRunMs, parseCronTime } from '../cron-time.ts';
import { isOn, wholeNumber } from '../values.ts';
import { type Draft, type OptionSection, type Reader, readNumber } from './section.ts';

export const cronOptions: OptionSection = {
  data: `
cron | list | works | | Command at a time: minute hour day month weekday command; -1 is any, -5 every fifth.
cron2 | list | works | | Command at a time, with options in front: minute=,hour=,unique=,harakiri= and more.
unique-cron | list | works | | As 'cron', left out while the command of the time before still runs.
legion-cron | list | no: the engine knows no legions | | As 'cron', only while this server is the lord of a legion: LEGION, then as 'cron'.
unique-legion-cron | list | no: the engine knows no legions | | As 'legion-cron', left out while the command of the time before still runs.
cron-harakiri | seconds | works | 0 | Kills commands of cron that take longer.
curl-cron | list | works | | Requests a URL at a time: minute hour day month weekday URL.
legion-curl-cron | list | no: the engine knows no legions | | As 'curl-cron', only while this server is the lord of a legion: LEGION, then as 'curl-cron'.
`,
  readers: {
    cron: readCron(false),
    'unique-cron': readCron(true),
    cron2: readCron2,
    'cron-harakiri': readNumber((settings, seconds) => (settings.cron.harakiriSeconds = seconds)),
    'curl-cron': readUrl,
  },
};

const SHAPE = "needs five numbers and a command: minute hour day month weekday command, with -1 for 'any'";

function readCron(isUnique: boolean): Reader {
  return (draft, value) => {
    const read = readTime(value);
    if (typeof read === 'string') return read;
    return add(draft, { ...read, kind: 'command', isUnique, harakiriSeconds: null });
  };
}

function readUrl(draft: Draft, value: string): string | null {
  const read = readTime(value);
  if (typeof read === 'string') return read.replace('a command', 'a URL').replace('weekday command', 'weekday URL');
  if (!/^https?:\/\/[^\s/]+\S*$/.test(read.command)) {
    return `names '${read.command}', which is no URL: it begins with http:// or https://.`;
  }
  return add(draft, { ...read, kind: 'url', isUnique: false, harakiriSeconds: null });
}

function readTime(value: string): { time: CronTime; command: string } | string {
  const words = /^\s*(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S[^]*)$/.exec(value);
  if (words === null) return `${SHAPE}.`;
  const [, minute = '', hour = '', day = '', month = '', week = '', command = ''] = words;
  const fields = [minute, hour, day, month, week];
  const time = parseCronTime(fields);
  if (time !== null) return { time, command };
  const wrong = fields.find((field) => !/^[+-]?\d{1,9}$/.test(field)) ?? '';
  const every = /^\*(?:\/(\d+))?$/.exec(wrong);
  if (every !== null) return `has '${wrong}': uWSGI writes -${every[1] ?? 1} for it.`;
  return `has '${wrong}' among its times. It ${SHAPE}.`;
}

/** `minute=30,hour=2,unique=1 COMMAND`: what stands before the first blank are the options. */
function readCron2(draft: Draft, value: string): string | null {
  const { pairs = '', command = '' } = /^\s*(?<pairs>\S+)\s+(?<command>\S[^]*)$/.exec(value)?.groups ?? {};
  if (command === '') return "needs its options, a blank and a command: 'minute=30,hour=2,unique=1 command'.";
  const setting: CronSetting = {
    time: { minute: -1, hour: -1, day: -1, month: -1, week: -1 },
    kind: 'command',
    command,
    isUnique: false,
    harakiriSeconds: null,
  };
  for (const pair of pairs.split(',').filter((one) => one !== '')) {
    const wrong = readPair(setting, pair);
    if (wrong !== null) return wrong;
  }
  return add(draft, setting);
}

function readPair(setting: CronSetting, pair: string): string | null {
  const equals = pair.indexOf('=');
  const key = equals === -1 ? pair : pair.slice(0, equals);
  const text = equals === -1 ? '' : pair.slice(equals + 1);
  switch (key) {
    case 'minute':
    case 'hour':
    case 'day':
    case 'month':
    case 'week':
      if (!/^[+-]?\d{1,9}$/.test(text)) return `has '${pair}', which is no number; -1 stands for any.`;
      setting.time[key] = Number(text);
      return null;
    case 'unique':
      setting.isUnique = isOn(text);
      return null;
    case 'harakiri': {
      const seconds = wholeNumber(text);
      if (seconds === null) return `has '${pair}', which is no number of seconds.`;
      setting.harakiriSeconds = seconds;
      return null;
    }
    case 'legion':
      return "has 'legion=', which the engine does not support: it knows no legions.";
    default:
      return `has '${key}', which is none of minute, hour, day, month, week, unique and harakiri.`;
  }
}

function add(draft: Draft, setting: CronSetting): null {
  if (nextRunMs(setting.time, draft.host.nowMicros() / 1000) === null)
    draft.warn('never comes: there is no such time.');
  draft.settings.cron.crons.push(setting);
  return null;
}
