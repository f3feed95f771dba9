/** The parts of the Background tab: how many of each there are, and the option that gives a server one. Pure. */
import type { Background } from '../../../electron/contract/background-model.ts';
import { cronSignal, cronWords } from './cron-words.ts';

export const PARTS = [
  'crons',
  'timers',
  'signals',
  'mules',
  'caches',
  'daemons',
  'alarms',
  'locks',
  'metrics',
] as const;
export type Part = (typeof PARTS)[number];

export interface PartAbout {
  title: string;
  /** What it is and what it is for. */
  text: string;
  /** Option that gives one, by its name in the table of options; null: the application makes it. */
  option: string | null;
  example: string;
}

export const ABOUT: Readonly<Record<Part, PartAbout>> = {
  crons: {
    title: 'Crons',
    text: 'Commands at times of the clock, in the time of the server.',
    option: 'cron',
    example: 'cron = 0 3 -1 -1 -1 /srv/app/nightly.sh',
  },
  timers: {
    title: 'Timers',
    text: 'Signals after so many seconds, or when a file changes; the application asks for them.',
    option: null,
    example: 'uwsgi.add_timer(17, 30)',
  },
  signals: {
    title: 'Signals',
    text: 'Functions of the application that timers, crons and other processes call by a number.',
    option: null,
    example: "uwsgi.register_signal(17, 'worker', handler)",
  },
  mules: {
    title: 'Mules',
    text: 'Processes beside the workers, for messages and signals, or for a script of their own.',
    option: 'mule',
    example: 'mule = jobs.py',
  },
  caches: {
    title: 'Caches',
    text: 'Values that all processes of the server share.',
    option: 'cache2',
    example: 'cache2 = name=pages,items=1000',
  },
  daemons: {
    title: 'Daemons',
    text: 'Other programs that start and end with the server.',
    option: 'attach-daemon',
    example: 'attach-daemon = redis-server',
  },
  alarms: {
    title: 'Alarms',
    text: 'What is done when a line of the log or a metric calls for it.',
    option: 'alarm',
    example: 'alarm = mail cmd:mail -s uwsgi root',
  },
  locks: { title: 'Locks', text: 'Locks that a process holds now.', option: 'locks', example: 'locks = 4' },
  metrics: {
    title: 'Metrics',
    text: 'Counters and gauges of the server, and those of the application.',
    option: 'enable-metrics',
    example: 'enable-metrics = true',
  },
};

export function countParts(background: Background): Record<Part, number> {
  const { crons, timers, signals, mules, caches, daemons, alarms, locks, metricCount } = background;
  return {
    crons: crons.length,
    timers: timers.length,
    signals: signals.length,
    mules: mules.length,
    caches: caches.length,
    daemons: daemons.length,
    alarms: alarms.length,
    locks: locks.length,
    metrics: metricCount,
  };
}

type Texts = readonly (string | number | null)[];

/** Of each row of a part, the texts by which it is found. */
export function textsOf(part: Part, background: Background): readonly Texts[] {
  switch (part) {
    case 'crons':
      return background.crons.map((cron) => [cron.command, cronSignal(cron), cronWords(cron)]);
    case 'timers':
      return background.timers.map(({ kind, signal, path }) => [kind, signal, path]);
    case 'signals':
      return background.signals.map(({ number, target }) => [number, target]);
    case 'mules':
      return background.mules.map(({ id, command, farms }) => [id, command, farms]);
    case 'caches':
      return background.caches.map(({ name }) => [name]);
    case 'daemons':
      return background.daemons.map(({ command }) => [command]);
    case 'alarms':
      return background.alarms.map(({ name, action }) => [name, action]);
    case 'locks':
      return background.locks.map(({ name, pid }) => [name, pid]);
    case 'metrics':
      return background.metrics.map(({ name, type }) => [name, type]);
  }
}

/** Whether every word stands in one of these texts. */
export function matches(filter: string, texts: Texts): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const all = texts.join('\n').toLowerCase();
  return words.every((word) => all.includes(word));
}
