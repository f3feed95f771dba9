/** Values of routes (engine/config/routing-values.ts) with what one request gives for them. */
import type { Value, ValueFunction } from '../../config/routing-values.ts';
import type { RouteContext } from './route-context.ts';

export function expandValue(value: Value, context: RouteContext): string {
  let text = '';
  for (const part of value) {
    if (part.type === 'text') text += part.text;
    else if (part.type === 'group') text += context.groups[part.group] ?? '';
    else if (part.type === 'variable') text += context.get(part.name);
    else text += FUNCTIONS[part.name](expandValue(part.key, context), context);
  }
  return text;
}

/** As uWSGI: the keys of `mime`, `base64` and `hex` are names of variables, `unix` of `time` is the only one. */
const FUNCTIONS: Record<ValueFunction, (key: string, context: RouteContext) => string> = {
  cookie: (key, context) => findPair(context.get('HTTP_COOKIE').split(/; */), key),
  qs: (key, context) => findPair(context.get('QUERY_STRING').split('&'), key),
  mime: (key, context) => context.host.mediaTypes().of(context.get(key)) ?? '',
  uwsgi: (key, context) => factOf(key, context),
  time: (key) => (key === 'unix' ? String(Math.floor(Date.now() / 1000)) : ''),
  httptime: (key, context) => {
    const seconds = Number.parseInt(/^\d/.test(key) ? key : context.get(key), 10);
    return new Date(Date.now() + (Number.isNaN(seconds) ? 0 : seconds * 1000)).toUTCString();
  },
  base64: (key, context) => Buffer.from(context.get(key), 'latin1').toString('base64'),
  hex: (key, context) => Buffer.from(context.get(key), 'latin1').toString('hex').toUpperCase(),
  metric: (key, context) => context.metrics.get(key) ?? '0',
};

function findPair(parts: readonly string[], key: string): string {
  const start = `${key}=`;
  return parts.find((part) => part.startsWith(start))?.slice(start.length) ?? '';
}

function factOf(key: string, { request, status, bodyBytes, host }: RouteContext): string {
  switch (key) {
    // No worker has it yet: the gateway answers for all of them.
    case 'wid':
      return '0';
    case 'pid':
      return String(process.pid);
    case 'status':
      return String(status);
    case 'rtime':
      return String((Date.now() - request.arrivedMs) * 1000);
    case 'lq':
      return String(host.queueLength());
    case 'rsize':
      return String(bodyBytes);
    case 'sor':
      return String(request.arrivedMs * 1000);
    default:
      return '';
  }
}
