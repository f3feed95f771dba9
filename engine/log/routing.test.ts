import { expect, it } from 'vitest';
import { defaultLogSettings, type LogChannel, type LoggerSetting } from '../config/log-settings.ts';
import { compileRouter } from './routing.ts';

function logger(name: string | null): LoggerSetting {
  return { name, target: { type: 'descriptor', fd: 1 }, text: '', origin: { file: '', line: 0 } };
}

function channel(names: (string | null)[], routes: Record<string, string> = {}): LogChannel {
  return {
    loggers: names.map(logger),
    routes: Object.entries(routes).map(([name, pattern]) => ({ logger: name, pattern })),
    encoders: [],
  };
}

const none = defaultLogSettings();

it('gives a line to all loggers without a name, or to the log when there are none', () => {
  expect(compileRouter(none, channel([null, 'named', null]))('line')).toEqual([0, 2]);
  expect(compileRouter(none, channel(['named']))('line')).toBe('log');
});

it('gives a line that a route matches to its logger only', () => {
  const route = compileRouter(none, channel([null, 'errors', 'gets'], { errors: ' 5\\d\\d', gets: '^GET' }));
  expect(route('GET / 200')).toEqual([2]);
  expect(route('GET / 500')).toEqual([1, 2]);
  expect(route('POST / 200')).toEqual([0]);
});

it('knows the end of a line as the end of its text', () => {
  const route = compileRouter(none, channel(['json', 'rest'], { json: '{', rest: '^((?!\\{).)*$' }));
  expect(route('{"a": 1}\n')).toEqual([0]);
  expect(route('plain\n')).toEqual([1]);
});

it('drops what no filter wants and what a drain takes', () => {
  const route = compileRouter({ filters: ['GET', 'POST'], drains: ['healthz'] }, channel([]));
  expect(route('GET /')).toBe('log');
  expect(route('PUT /')).toBeNull();
  expect(route('GET /healthz')).toBeNull();
});
