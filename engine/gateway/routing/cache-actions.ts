/** Actions over the instance's caches and metrics. Names of fields are uWSGI's: `name` (or `cache`) is the cache's. */
import { gzip } from 'node:zlib';
import { METRIC_CHANGES } from '../../commons/metrics.ts';
import { headerText } from './answer-head.ts';
import type { CommonsClient } from './commons-client.ts';
import { type Fields, field } from './route-actions.ts';
import { toNumber } from './route-conditions.ts';
import type { RouteContext, Verdict } from './route-context.ts';
import type { LongActions } from './route-program.ts';
import { withStatus } from './status-answer.ts';

type LongAction = LongActions['actions'][string];

export function cacheActions(commons: CommonsClient): Record<string, LongAction> {
  return {
    cache: (context, fields) => answerFromCache(commons, context, fields),
    // The answer ends the request here: on uWSGI the application runs after it and finds its headers sent.
    'cache-continue': (context, fields) => answerFromCache(commons, context, fields),
    cachestore: (context, fields) => keepAnswer(commons, context, fields),
    'cache-store': (context, fields) => keepAnswer(commons, context, fields),
    cacheset: async (context, fields): Promise<Verdict> => {
      const value = Buffer.from(field(context, fields), 'latin1');
      await commons.cacheSet(
        cacheOf(context, fields),
        field(context, fields, 'key'),
        value,
        expiry(context, fields),
        false,
      );
      return 'next';
    },
    cachevar: async (context, fields): Promise<Verdict> => {
      const value = await commons.cacheGet(cacheOf(context, fields), field(context, fields, 'key'));
      if (value !== null) context.set(field(context, fields, 'var'), value.toString('latin1'));
      return 'next';
    },
    cacheinc: calculating(commons, 0),
    cachedec: calculating(commons, 1),
    cachemul: calculating(commons, 2),
    cachediv: calculating(commons, 3),
    metricset: changing(commons, 'set'),
    metricinc: changing(commons, 'inc'),
    metricdec: changing(commons, 'dec'),
    metricmul: changing(commons, 'mul'),
    metricdiv: changing(commons, 'div'),
  };
}

async function answerFromCache(commons: CommonsClient, context: RouteContext, fields: Fields): Promise<Verdict> {
  const key = field(context, fields, 'key');
  const body = await commons.cacheGet(cacheOf(context, fields), key);
  if (body === null) return 'next';
  const lines: string[] = [];
  const type = field(context, fields, 'content_type');
  const known = fields.mime === undefined ? null : context.host.mediaTypes().of(key);
  if (type !== '') lines.push(`Content-Type: ${headerText(type)}`);
  else if (fields.no_content_type === undefined) lines.push(`Content-Type: ${known ?? 'text/html'}`);
  const encoding = field(context, fields, 'content_encoding');
  if (encoding !== '') lines.push(`Content-Encoding: ${headerText(encoding)}`);
  const status = field(context, fields, 'status');
  context.reply = { ...withStatus(status === '' ? '200 OK' : status), lines, body };
  return 'break';
}

/** Keeps the application's answer when it is a 200. */
function keepAnswer(commons: CommonsClient, context: RouteContext, fields: Fields): Verdict {
  const key = field(context, fields, 'key');
  const cache = cacheOf(context, fields);
  const gzipKey = field(context, fields, 'gzip');
  const seconds = expiry(context, fields);
  context.keepers.push((body) => {
    void commons.cacheSet(cache, key, body, seconds, true);
    if (gzipKey === '') return;
    gzip(body, (error, zipped) => {
      if (error === null) void commons.cacheSet(cache, gzipKey, zipped, seconds, true);
    });
  });
  return 'next';
}

function calculating(commons: CommonsClient, calculation: number): LongAction {
  return async (context, fields): Promise<Verdict> => {
    const amount = fields.value === undefined ? 1 : toNumber(field(context, fields));
    const cache = cacheOf(context, fields);
    await commons.cacheCalculate(cache, field(context, fields, 'key'), expiry(context, fields), calculation, amount);
    return 'next';
  };
}

function changing(commons: CommonsClient, change: (typeof METRIC_CHANGES)[number]): LongAction {
  return async (context, fields): Promise<Verdict> => {
    const value = toNumber(field(context, fields));
    await commons.metricChange(field(context, fields, 'name'), METRIC_CHANGES.indexOf(change), value);
    return 'next';
  };
}

function cacheOf(context: RouteContext, fields: Fields): string {
  const name = field(context, fields, 'name');
  return name === '' ? field(context, fields, 'cache') : name;
}

function expiry(context: RouteContext, fields: Fields): number {
  return toNumber(field(context, fields, 'expires'));
}
