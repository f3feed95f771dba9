import { describe, expect, test } from 'vitest';
import { buildSettings } from './build-settings.ts';
import { parseMetric, parseThreshold } from './metric-values.ts';
import { resolveConfig } from './resolve.ts';
import { memoryHost } from './test-host.ts';

const PLAIN = {
  type: 0,
  oid: '',
  initialValue: 0,
  collector: null,
  alias: null,
  everySeconds: 1,
  resetAfterPush: false,
};

function build(lines: string) {
  const host = memoryHost({ 'uwsgi.ini': `[uwsgi]\nhttp-socket = :8080\n${lines}` });
  const resolved = resolveConfig(['--ini', 'uwsgi.ini'], host);
  if (!resolved.ok) throw new Error('not resolved');
  return buildSettings(resolved);
}

function messagesOf(lines: string): string {
  const built = build(lines);
  return [...(built.ok ? [] : built.errors), ...built.warnings].map(({ message }) => message).join('\n');
}

describe('metrics in the configuration', () => {
  test('are a name alone or pairs', () => {
    expect(parseMetric('sales', '/srv')).toEqual({ ...PLAIN, name: 'sales' });
    expect(parseMetric('name=a,type=gauge,oid=7.1,initial_value=-5,reset_after_push=1', '/srv')).toEqual({
      ...PLAIN,
      name: 'a',
      type: 1,
      oid: '7.1',
      initialValue: -5,
      resetAfterPush: true,
    });
    expect(parseMetric('name=b,collector=sum,children=a;worker.1.requests,freq=5', '/srv')).toMatchObject({
      collector: { type: 'sum', children: ['a', 'worker.1.requests'], argument: 0 },
      everySeconds: 5,
    });
    expect(parseMetric('name=c,arg1=load,arg1n=2,collector=file', '/srv')).toMatchObject({
      collector: { type: 'file', path: '/srv/load', position: 2 },
    });
    expect(parseMetric('name=d,alias=a', '/srv')).toMatchObject({ alias: 'a', type: 3 });
  });

  test('say what is wrong with them', () => {
    expect(parseMetric('type=gauge', '/')).toContain('needs a name');
    expect(parseMetric('name=a,type=x', '/')).toContain("has the type 'x'");
    expect(parseMetric('name=a,collector=ptr', '/')).toContain("has the collector 'ptr', which reads the memory");
    expect(parseMetric('name=a,collector=x', '/')).toContain("has the collector 'x'; there are file, sum");
    expect(parseMetric('name=a,collector=file', '/')).toContain("needs the file as 'arg1'");
    expect(parseMetric('name=a,freq=0', '/')).toContain("as 'freq'");
    expect(parseMetric('name=a,wrong=0', '/')).toContain("has the key 'wrong'");
  });

  test('have thresholds', () => {
    expect(parseThreshold('key=a,value=10,alarm=x,rate=5,msg=a is high,reset=0')).toEqual({
      metric: 'a',
      value: 10,
      alarm: 'x',
      rateSeconds: 5,
      text: 'a is high',
      reset: 0,
    });
    expect(parseThreshold('key=a,value=x')).toContain('needs a metric and its value');
    expect(parseThreshold('key=a,value=1,wrong=1')).toContain("has 'wrong'");
  });

  test('are made of metrics that there are', () => {
    const on = 'enable-metrics = true\n';
    expect(messagesOf(`${on}metric = a\nmetric = name=b,collector=sum,children=a;core.total_tx`)).toBe('');
    expect(messagesOf(`${on}metric = name=b,collector=sum,children=nope`)).toContain("is made of 'nope'");
    expect(messagesOf(`${on}metric = a\nmetric = a`)).toContain('names a metric that there is already');
    expect(messagesOf(`${on}metric-threshold = key=a,value=1`)).toContain("names the metric 'a'");
    expect(messagesOf(`${on}metric = a\nmetric-threshold = key=a,value=1,alarm=x`)).toContain("names the alarm 'x'");
    expect(messagesOf('metric = a')).toContain("'metric' does nothing without 'enable-metrics'");
  });
});
