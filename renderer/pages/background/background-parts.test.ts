import { expect, it } from 'vitest';
import type { Background } from '../../../electron/contract/background-model.ts';
import { countParts, matches, PARTS, textsOf } from './background-parts.ts';

const CRON = {
  minute: -5,
  hour: -1,
  day: -1,
  month: -1,
  week: -1,
  command: '',
  signal: 17,
  isUnique: false,
  legion: '',
  pid: null,
  lastStartedAtMs: null,
  lastEndedAtMs: null,
  lastCode: null,
  nextAtMs: null,
  runs: null,
};

const BACKGROUND: Background = {
  atMs: 0,
  spools: [],
  crons: [CRON, { ...CRON, command: '/srv/tidy --all', signal: null }],
  mules: [],
  timers: [],
  signals: [],
  caches: [],
  daemons: [{ command: 'redis-server', pid: null, respawns: 0 }],
  alarms: [],
  locks: [{ name: 'user 1', pid: 42 }],
  lockCount: 4,
  metrics: [],
  metricCount: 0,
  spoolEveryMs: null,
  tellsOfSignals: true,
};

function found(filter: string): readonly string[] {
  return PARTS.filter((part) => textsOf(part, BACKGROUND).some((texts) => matches(filter, texts)));
}

it('every part has texts to be found by for each of its rows', () => {
  const counts = countParts(BACKGROUND);
  expect(PARTS.map((part) => textsOf(part, BACKGROUND).length)).toEqual(PARTS.map((part) => counts[part]));
});

it('rows are found by all the words of a filter, whatever their case', () => {
  expect(found('')).toEqual(['crons', 'daemons', 'locks']);
  expect(found('TIDY minutes')).toEqual(['crons']);
  expect(found('signal 17')).toEqual(['crons']);
  expect(found('42')).toEqual(['locks']);
  expect(found('tidy redis')).toEqual([]);
});
