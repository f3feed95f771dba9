/**
 * What actions do with the request, the answer's head and the log: those that need nothing but the request itself.
 * Recorded cases from uWSGI 2.0.21 are in engine/goldens/routing.
 */
import type { Value } from '../../config/routing-values.ts';
import { headerText } from './answer-head.ts';
import { expandValue } from './expand-value.ts';
import { toNumber } from './route-conditions.ts';
import type { RouteContext, Verdict } from './route-context.ts';
import { statusAnswer, withStatus } from './status-answer.ts';

/** The fields of an action's argument, ready to be expanded. */
export type Fields = Readonly<Record<string, Value>>;

export type Action = (context: RouteContext, fields: Fields) => Verdict;

export function field(context: RouteContext, fields: Fields, name = 'value'): string {
  const value = fields[name];
  return value === undefined ? '' : expandValue(value, context);
}

/** An action that does something and goes on. */
function doing(act: (context: RouteContext, value: string, fields: Fields) => void): Action {
  return (context, fields) => {
    act(context, field(context, fields), fields);
    return 'next';
  };
}

function setting(variable: string): Action {
  return doing((context, value) => context.set(variable, value));
}

function calculating(calculate: (before: number, value: number) => number): Action {
  return doing((context, value, fields) => {
    const name = field(context, fields, 'name');
    const result = calculate(toNumber(context.get(name)), toNumber(value));
    context.set(name, String(Number.isFinite(result) ? Math.trunc(result) : 0));
  });
}

function redirecting(status: number, reason: string, body: string): Action {
  return (context, fields) => {
    const lines = [`Location: ${headerText(field(context, fields))}`];
    context.reply = { status, reason, lines, body: Buffer.from(body) };
    return 'break';
  };
}

const redirect = redirecting(302, 'Found', 'Moved');
const redirectForGood = redirecting(301, 'Moved Permanently', 'Moved Permanently');

export const ACTIONS: Readonly<Record<string, Action>> = {
  continue: () => 'continue',
  last: () => 'continue',
  break: (context, fields) => breakWith(context, field(context, fields)),
  'break-with-status': (context, fields) => {
    context.reply = statusAnswer(field(context, fields));
    return 'break';
  },
  return: (context, fields) => {
    context.reply = statusAnswer(field(context, fields));
    return 'break';
  },
  goto: (context, fields) => ({ goto: field(context, fields) }),

  // One line, whatever a client has put into what it is made of.
  log: doing((context, value) => context.host.log(headerText(value))),
  logvar: doing((context, value, fields) => {
    const { request } = context;
    request.logVariables ??= new Map();
    request.logVariables.set(field(context, fields, 'name'), value);
  }),
  donotlog: doing(({ request }) => {
    request.isUnlogged = true;
  }),
  donotoffload: () => 'next',

  addvar: doing((context, value, fields) => context.set(field(context, fields, 'name'), value)),
  setapp: setting('UWSGI_APPID'),
  setscriptname: setting('SCRIPT_NAME'),
  setdocroot: setting('DOCUMENT_ROOT'),
  setpathinfo: setting('PATH_INFO'),
  setmodifier1: () => 'next',
  setmodifier2: () => 'next',
  setuser: doing((context, value) => setUser(context, value)),
  setmethod: doing((context, value) => {
    context.set('REQUEST_METHOD', value);
    context.request.facts.method = value;
  }),
  seturi: doing((context, value) => {
    context.set('REQUEST_URI', value);
    context.request.facts.uri = value;
  }),
  setremoteaddr: doing((context, value) => {
    context.set('REMOTE_ADDR', value);
    context.request.facts.remoteAddress = value;
  }),
  setscheme: doing((context, value) => {
    context.set('UWSGI_SCHEME', value);
    context.set('wsgi.url_scheme', value);
  }),
  fixpathinfo: doing((context) => {
    const script = context.get('SCRIPT_NAME');
    const path = context.get('PATH_INFO');
    if (script !== '' && path.startsWith(script)) context.set('PATH_INFO', path.slice(script.length));
  }),
  rewrite: doing(rewrite),
  'rewrite-last': (context, fields) => {
    rewrite(context, field(context, fields));
    return 'continue';
  },
  harakiri: doing(({ request }, value) => {
    request.harakiriSeconds = Number(value);
  }),
  '+': calculating((before, value) => before + value),
  '-': calculating((before, value) => before - value),
  '*': calculating((before, value) => before * value),
  '/': calculating((before, value) => before / value),

  addheader: doing((context, value) => context.added.push(headerText(value))),
  delheader: doing((context, value) => context.removed.add(value.toLowerCase())),
  remheader: doing((context, value) => context.removed.add(value.toLowerCase())),
  clearheaders: doing(beginAnswer),
  resetheaders: doing(beginAnswer),
  // Answers are framed right and sent at once whatever the application says.
  flush: () => 'next',
  fixcl: () => 'next',
  forcecl: () => 'next',
  gzip: doing((context) => {
    context.isGzipped = true;
  }),
  chunked: doing((context) => {
    context.isStreamed = true;
  }),
  toupper: doing((context) => {
    context.isUpper = true;
  }),
  send: doing((context, value) => context.sent.push(Buffer.from(value, 'latin1'))),
  'send-crnl': doing((context, value) => context.sent.push(Buffer.from(`${value}\r\n`, 'latin1'))),

  redirect,
  'redirect-302': redirect,
  'redirect-301': redirectForGood,
  'redirect-permanent': redirectForGood,

  signal: doing(({ host }, value) => host.raiseSignal(toNumber(value))),
  alarm: doing((context, _value, fields) =>
    context.host.raiseAlarm(field(context, fields, 'name'), field(context, fields, 'message')),
  ),
};

const NO_BODY = Buffer.alloc(0);

/** Ends the request with what was sent, or with this status; with neither there is no answer. */
export function breakWith(context: RouteContext, status: string): 'break' {
  if (context.sent.length > 0 || context.reply !== null) finishSent(context, status);
  else if (status !== '') context.reply = { ...withStatus(status), lines: ['Content-Type: text/plain'], body: NO_BODY };
  return 'break';
}

export function setUser(context: RouteContext, user: string): void {
  context.set('REMOTE_USER', user);
  context.request.facts.remoteUser = user;
}

/** The path and perhaps a query string, which the request's own follows. */
function rewrite(context: RouteContext, value: string): void {
  const mark = value.indexOf('?');
  const path = mark === -1 ? value : value.slice(0, mark);
  context.set('PATH_INFO', decodePercent(path));
  if (mark === -1) return;
  const own = context.get('QUERY_STRING');
  context.set('QUERY_STRING', own === '' ? value.slice(mark + 1) : `${value.slice(mark + 1)}&${own}`);
}

function decodePercent(path: string): string {
  return path.replace(/%([\da-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** `clearheaders:200 OK`: an answer of the routes' own begins; `send` and `addheader` fill it, `break` ends it. */
function beginAnswer(context: RouteContext, status: string): void {
  context.added = [];
  context.reply = status === '' ? null : { ...withStatus(status), lines: [], body: NO_BODY };
}

function finishSent(context: RouteContext, status: string): void {
  const begun = context.reply ?? { ...withStatus(status === '' ? '200 OK' : status), lines: [] };
  context.reply = { ...begun, body: Buffer.concat(context.sent) };
  context.sent = [];
}
