/** The values of `metric` and `metric-threshold`: a name, or `key=value` pairs with commas between. Pure. */
import { resolvePath } from './host.ts';
import type { MetricCollector, MetricSetting, MetricThreshold } from './metric-settings.ts';
import { isOn, wholeNumber } from './values.ts';

const TYPES = ['counter', 'gauge', 'absolute', 'alias'];
const COLLECTORS = ['sum', 'avg', 'accumulator', 'adder', 'multiplier'] as const;

/** A name alone is a counter for the application. A text says what is wrong. */
export function parseMetric(value: string, folder: string): MetricSetting | string {
  if (!value.includes('=')) return value === '' ? 'needs a name.' : metricOf(value);
  const pairs = readPairs(value);
  const name = pairs.get('name');
  if (name === undefined || name === '') return "needs a name: 'name=NAME,type=gauge', say.";
  const metric = metricOf(name);
  const alias = pairs.get('alias');
  if (alias !== undefined) Object.assign(metric, { alias, type: TYPES.indexOf('alias') });
  for (const [key, text] of pairs) {
    const wrong = readMetricKey(metric, key, text, { pairs, folder });
    if (wrong !== null) return wrong;
  }
  return metric;
}

/** `key=METRIC,value=NUMBER,alarm=NAME` and if wanted `rate=`, `msg=`, `reset=`. A text says what is wrong. */
export function parseThreshold(value: string): MetricThreshold | string {
  const pairs = readPairs(value);
  const unknown = [...pairs.keys()].find((key) => !['key', 'value', 'alarm', 'rate', 'msg', 'reset'].includes(key));
  if (unknown !== undefined) return `has '${unknown}', which is none of key, value, alarm, rate, msg and reset.`;
  const metric = pairs.get('key') ?? '';
  const limit = integer(pairs.get('value') ?? '');
  if (metric === '' || limit === null) return "needs a metric and its value: 'key=METRIC,value=NUMBER,alarm=NAME'.";
  const reset = pairs.get('reset');
  const rateSeconds = wholeNumber(pairs.get('rate') ?? '0');
  if (rateSeconds === null) return "needs a number of seconds as 'rate'.";
  if (reset !== undefined && integer(reset) === null) return "needs a whole number as 'reset'.";
  return {
    metric,
    value: limit,
    alarm: pairs.get('alarm') ?? '',
    rateSeconds,
    text: pairs.get('msg') ?? null,
    reset: reset === undefined ? null : integer(reset),
  };
}

function metricOf(name: string): MetricSetting {
  return {
    name,
    type: 0,
    oid: '',
    initialValue: 0,
    collector: null,
    alias: null,
    everySeconds: 1,
    resetAfterPush: false,
  };
}

interface Written {
  pairs: ReadonlyMap<string, string>;
  folder: string;
}

function readMetricKey(metric: MetricSetting, key: string, text: string, written: Written): string | null {
  switch (key) {
    case 'name':
    case 'alias':
    case 'children':
    case 'arg1':
    case 'arg2':
    case 'arg3':
    case 'arg1n':
    case 'arg2n':
    case 'arg3n':
      return null;
    case 'type': {
      const type = TYPES.indexOf(text);
      if (type === -1) return `has the type '${text}'; there are ${TYPES.join(', ')}.`;
      metric.type = type;
      return null;
    }
    case 'oid':
      metric.oid = text;
      return null;
    case 'initial_value': {
      const initial = integer(text);
      if (initial === null) return "needs a whole number as 'initial_value'.";
      metric.initialValue = initial;
      return null;
    }
    case 'freq': {
      const seconds = wholeNumber(text);
      if (seconds === null || seconds === 0) return "needs a number of seconds as 'freq'.";
      metric.everySeconds = seconds;
      return null;
    }
    case 'reset_after_push':
      metric.resetAfterPush = isOn(text);
      return null;
    case 'collector': {
      const collector = parseCollector(text, written);
      if (typeof collector === 'string') return collector;
      metric.collector = collector;
      return null;
    }
    default:
      return `has the key '${key}', which is unknown.`;
  }
}

function parseCollector(name: string, { pairs, folder }: Written): MetricCollector | string {
  if (name === 'file') {
    const path = pairs.get('arg1') ?? '';
    const position = wholeNumber(pairs.get('arg1n') ?? '0');
    if (path === '' || position === null)
      return "needs the file as 'arg1', and if wanted the number of a word as 'arg1n'.";
    return { type: 'file', path: resolvePath(folder, path), position };
  }
  if (name === 'ptr' || name === 'func') {
    return `has the collector '${name}', which reads the memory of uWSGI's own process; the engine has none of it.`;
  }
  const type = COLLECTORS.find((known) => known === name);
  if (type === undefined) return `has the collector '${name}'; there are file, ${COLLECTORS.join(', ')}.`;
  const children = (pairs.get('children') ?? '').split(';').filter((child) => child !== '');
  const argument = integer(pairs.get('arg1n') ?? '0');
  if (argument === null) return "needs a whole number as 'arg1n'.";
  return { type, children, argument };
}

/** Keys may stand in any order; of two with one name the last counts. */
function readPairs(value: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const pair of value.split(',')) {
    const equals = pair.indexOf('=');
    if (pair.trim() !== '')
      pairs.set((equals === -1 ? pair : pair.slice(0, equals)).trim(), equals === -1 ? '' : pair.slice(equals + 1));
  }
  return pairs;
}

function integer(text: string): number | null {
  return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : null;
}
