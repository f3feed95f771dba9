/**
 * The actions that routes may name, and the form of each one's argument: routes are checked with it at the start, and
 * the gateway gets the argument in named fields (engine/gateway/routing carries them out). Forms as on uWSGI 2.0.21.
 */
import { parseAddress } from './address.ts';
import { nearestNames } from './nearest.ts';
import type { RouteAction, RouteTable } from './routing-settings.ts';
import { checkValue } from './routing-values.ts';

/** How an argument is written; each form says what is wrong with one, or gives its fields. */
type Form = (argument: string) => Record<string, string> | string;

interface ActionInfo {
  form: Form;
  /** Where it means something: it changes the request (`request`), it answers it (`answer`), or both do not matter. */
  place?: 'request' | 'answer' | 'head';
}

const nothing: Form = () => ({});
/** The whole argument, perhaps an empty one. */
const text: Form = (value) => ({ value });
const required: Form = (value) => (value === '' ? 'needs an argument.' : { value });
const number: Form = (value) => (/^\d+$/.test(value) ? { value } : 'needs a whole number.');
/** Numbers, or values that become one when a request comes. */
const numberOrValue: Form = (value) => (/^\d+$|\$/.test(value) ? { value } : 'needs a whole number.');

const pair: Form = (argument) => {
  const at = argument.indexOf('=');
  return at < 1 ? 'needs NAME=VALUE.' : { name: argument.slice(0, at), value: argument.slice(at + 1) };
};

const calculation: Form = (argument) => {
  const [name = '', value = ''] = split(argument, 2);
  return name === '' || value === '' ? 'needs VARIABLE,NUMBER.' : { name, value };
};

const metric: Form = (argument) => {
  const [name = '', value = '1'] = split(argument, 2);
  return name === '' ? 'needs METRIC or METRIC,NUMBER.' : { name, value };
};

const metricValue: Form = (argument) => {
  const [name = '', value = ''] = split(argument, 2);
  return name === '' || value === '' ? 'needs METRIC,NUMBER.' : { name, value };
};

const signal: Form = (value) =>
  /\$/.test(value) || (/^\d+$/.test(value) && Number(value) < 256)
    ? { value }
    : 'needs the number of a signal, 0 to 255.';

const alarm: Form = (argument) => {
  const [name = '', message = ''] = split(argument, 2, ' ');
  return name === '' || message === '' ? 'needs ALARM MESSAGE.' : { name, message };
};

const credentials: Form = (argument) => {
  const [realm = '', source = ''] = split(argument, 2);
  if (source === '') return 'needs REALM,USER:PASSWORD or REALM,FILE.';
  const at = source.indexOf(':');
  if (at === -1) return { realm, file: source };
  return { realm, user: source.slice(0, at), password: source.slice(at + 1) };
};

const httpPeer: Form = (argument) => {
  const [address = '', host = '', ...more] = split(argument, 3);
  if (more.length > 0) return 'needs ADDRESS or ADDRESS,HOST.';
  return peer(address) ?? { address, host };
};

const uwsgiPeer: Form = (argument) => {
  const [address = '', modifier1 = '0', modifier2 = '0', app = ''] = split(argument, 4);
  if (!/^\d*$/.test(modifier1) || !/^\d*$/.test(modifier2)) {
    return 'needs ADDRESS, ADDRESS,MODIFIER1,MODIFIER2 or ADDRESS,MODIFIER1,MODIFIER2,APP.';
  }
  return peer(address) ?? { address, modifier1: modifier1 || '0', modifier2: modifier2 || '0', app };
};

/** `${NAME}`: what `hash` has chosen (finish-routing.ts looks for the rule). */
const CHOSEN = /^\$\{(\w+)\}$/;

/** The variable that a rule takes the address of its server from; null: the address is written out. */
export function chosenPeer({ fields }: RouteAction): string | null {
  return CHOSEN.exec(fields.address ?? '')?.[1] ?? null;
}

function peer(address: string): string | null {
  if (address === '') return 'needs an address.';
  if (CHOSEN.test(address)) return null;
  if (address.includes('$')) {
    // Whoever sends a request must not choose where it goes.
    return 'needs an address that is written out: with a variable in it the client could choose it.';
  }
  const parsed = parseAddress(address);
  return parsed.ok ? null : `has no address. ${parsed.message}`;
}

function keys(known: string, needed: readonly string[]): Form {
  const names = known.split(' ');
  return (argument) => {
    const fields: Record<string, string> = {};
    for (const part of argument.split(',')) {
      const at = part.indexOf('=');
      const key = at === -1 ? part : part.slice(0, at);
      if (key === '' && at === -1) continue;
      if (at === -1 || !names.includes(key)) return `has '${part}': it takes NAME=VALUE of ${names.join(', ')}.`;
      fields[key] = part.slice(at + 1);
    }
    const missing = needed.find((key) => (fields[key] ?? '') === '');
    return missing === undefined ? fields : `needs ${missing}=.`;
  };
}

const keptFileParts = keys('filename mode', ['filename']);

const keptFile: Form = (argument) => {
  const fields = keptFileParts(argument);
  if (typeof fields === 'string' || /^[0-7]{3,4}$/.test(fields.mode ?? '644')) return fields;
  return `has the mode '${fields.mode}': it takes an octal one, as 644.`;
};

const HASHES = ['djb33x', 'murmur2', 'rand', 'rr'];
const hashParts = keys('key items var algo', ['key', 'items', 'var']);

const hash: Form = (argument) => {
  const fields = hashParts(argument);
  if (typeof fields === 'string') return fields;
  const { items = '', algo = 'djb33x' } = fields;
  if (items.includes('$')) return 'needs items that are written out: with a variable in them the client could choose.';
  if (items.replaceAll(';', '') === '') return 'needs items, as in items=127.0.0.1:3031;127.0.0.1:3032.';
  return HASHES.includes(algo) ? fields : `has the algorithm '${algo}'; there are ${HASHES.join(', ')}.`;
};

/** `FUNCTION ARGUMENT...` or `FUNCTION@SERVER ARGUMENT...`; the arguments are fields named by their place. */
const call: Form = (argument) => {
  const [written = '', ...words] = argument.split(' ').filter((word) => word !== '');
  if (written === '') return 'needs FUNCTION ARGUMENT...';
  if (written.includes('$')) {
    return 'needs a function that is written out: with a variable in it the client could choose it.';
  }
  const at = written.indexOf('@');
  const name = at === -1 ? written : written.slice(0, at);
  const server = at === -1 ? '' : written.slice(at + 1);
  const fault = at === -1 ? null : peer(server);
  if (fault !== null) return fault;
  return { name, server, ...Object.fromEntries(words.map((word, place) => [String(place), word])) };
};

const callForVariable: Form = (argument) => {
  const [variable = '', rest = ''] = split(argument, 2, ' ');
  if (variable === '' || rest.trim() === '') return 'needs VARIABLE FUNCTION ARGUMENT...';
  const fields = call(rest);
  return typeof fields === 'string' ? fields : { ...fields, var: variable };
};

/** A path, or the same as `filename=` with more. */
const file = keys('filename status content_type no_content_type no_cl no_headers mime', ['filename']);
const cacheRead = keys('key name cache mime no_offload content_type content_encoding no_content_type no_cl status', [
  'key',
]);
const cacheStore = keys('key name cache expires gzip', ['key']);
const cacheMath = keys('key name cache value expires', ['key']);

const ACTIONS: Record<string, ActionInfo> = {
  continue: { form: text },
  last: { form: text },
  break: { form: statusText },
  'break-with-status': { form: statusText, place: 'answer' },
  return: { form: number, place: 'answer' },
  goto: { form: required },
  log: { form: text },
  logvar: { form: pair },
  donotlog: { form: nothing },
  donotoffload: { form: nothing },
  addvar: { form: pair },
  addheader: { form: header, place: 'head' },
  delheader: { form: required, place: 'head' },
  remheader: { form: required, place: 'head' },
  clearheaders: { form: statusText, place: 'head' },
  resetheaders: { form: statusText, place: 'head' },
  setapp: { form: text, place: 'request' },
  setuser: { form: text },
  setscriptname: { form: text, place: 'request' },
  setmethod: { form: required, place: 'request' },
  seturi: { form: required, place: 'request' },
  setremoteaddr: { form: required },
  setpathinfo: { form: required, place: 'request' },
  setdocroot: { form: required, place: 'request' },
  setscheme: { form: required, place: 'request' },
  setmodifier1: { form: number, place: 'request' },
  setmodifier2: { form: number, place: 'request' },
  fixpathinfo: { form: nothing, place: 'request' },
  send: { form: text, place: 'answer' },
  'send-crnl': { form: text, place: 'answer' },
  flush: { form: nothing, place: 'head' },
  fixcl: { form: nothing, place: 'head' },
  forcecl: { form: nothing, place: 'head' },
  gzip: { form: nothing, place: 'head' },
  chunked: { form: nothing, place: 'head' },
  toupper: { form: nothing, place: 'head' },
  harakiri: { form: number, place: 'request' },
  signal: { form: signal },
  alarm: { form: alarm },
  '+': { form: calculation },
  '-': { form: calculation },
  '*': { form: calculation },
  '/': { form: calculation },
  redirect: { form: required, place: 'answer' },
  'redirect-302': { form: required, place: 'answer' },
  'redirect-301': { form: required, place: 'answer' },
  'redirect-permanent': { form: required, place: 'answer' },
  rewrite: { form: required, place: 'request' },
  'rewrite-last': { form: required, place: 'request' },
  basicauth: { form: credentials, place: 'request' },
  'basicauth-next': { form: credentials, place: 'request' },
  static: { form: required, place: 'request' },
  'static-next': { form: required, place: 'request' },
  file: { form: file, place: 'request' },
  'file-next': { form: file, place: 'request' },
  fastfile: { form: file, place: 'request' },
  'fastfile-next': { form: file, place: 'request' },
  sendfile: { form: file, place: 'request' },
  'sendfile-next': { form: file, place: 'request' },
  expires: { form: expires, place: 'head' },
  http: { form: httpPeer, place: 'request' },
  httpdumb: { form: httpPeer, place: 'request' },
  proxyhttp: { form: httpPeer, place: 'request' },
  uwsgi: { form: uwsgiPeer, place: 'request' },
  proxyuwsgi: { form: uwsgiPeer, place: 'request' },
  cache: { form: cacheRead, place: 'request' },
  'cache-continue': { form: cacheRead, place: 'request' },
  cachestore: { form: cacheStore, place: 'request' },
  'cache-store': { form: cacheStore, place: 'request' },
  tofile: { form: keptFile, place: 'request' },
  'to-file': { form: keptFile, place: 'request' },
  cacheset: { form: keys('key name cache value expires', ['key', 'value']) },
  cachevar: { form: keys('key name cache var', ['key', 'var']) },
  cacheinc: { form: cacheMath },
  cachedec: { form: cacheMath },
  cachemul: { form: cacheMath },
  cachediv: { form: cacheMath },
  hash: { form: hash, place: 'request' },
  rpc: { form: call, place: 'request' },
  call: { form: call, place: 'request' },
  rpcnext: { form: call, place: 'request' },
  rpcblob: { form: call, place: 'request' },
  rpcraw: { form: call, place: 'request' },
  rpcret: { form: call, place: 'request' },
  rpcvar: { form: callForVariable, place: 'request' },
  metricinc: { form: metric },
  metricdec: { form: metric },
  metricmul: { form: metricValue },
  metricdiv: { form: metricValue },
  metricset: { form: metricValue },
};

const REFUSED: Record<string, string> = {
  access:
    "it asks the system's hosts.allow and hosts.deny; write 'route-if-not = ipv4in:${REMOTE_ADDR};NETWORK break:403 Forbidden' in its place",
  cgi: 'scripts are an application here: use the option cgi',
  cgihelper: 'scripts are an application here: use the option cgi',
  chdir: "a worker's folder is that of all its requests; the option chdir sets it",
  disableheaders: 'an answer without a head is no answer in HTTP',
  gridfs: 'there is no MongoDB here',
  httpconnect: 'it makes a proxy for everybody of the server',
  ldapauth: 'there is no LDAP here; basicauth reads files of htpasswd',
  'ldapauth-next': 'there is no LDAP here; basicauth-next reads files of htpasswd',
  memcached: 'there is no memcached here; cache is',
  'memcached-continue': 'there is no memcached here; cache-continue is',
  memcachedstore: 'there is no memcached here; cachestore is',
  'memcached-store': 'there is no memcached here; cachestore is',
  offload: 'all answers are sent without a worker here',
  proxyhttpconnect: 'it makes a proxy for everybody of the server',
  radius: 'there is no RADIUS here; basicauth reads files of htpasswd',
  'radius-next': 'there is no RADIUS here; basicauth-next reads files of htpasswd',
  redis: 'there is no Redis here; cache is',
  'redis-continue': 'there is no Redis here; cache-continue is',
  redisstore: 'there is no Redis here; cachestore is',
  'redis-store': 'there is no Redis here; cachestore is',
  setfile: 'the applications are those of the configuration',
  sethome: 'the interpreter and its packages are those of the configuration',
  setprocname: 'a worker may run several requests, and has one name',
  spnego: 'there is no Kerberos here',
  ssi: 'includes of the server side are not done here',
  symcall: 'functions of C are not called here',
  'symcall-next': 'functions of C are not called here',
  template: 'what a client has sent, and an application repeats, would be expanded, too',
  toxslt: 'there is no XSLT here',
  xmldir: 'there are no listings of folders here',
  xslt: 'there is no XSLT here',
};

/** Those that call a function that workers have registered. */
export const CALL_ACTIONS: readonly string[] = Object.keys(ACTIONS).filter((name) =>
  [call, callForVariable].includes(ACTIONS[name]?.form ?? text),
);

export const ACTION_NAMES: readonly string[] = Object.keys(ACTIONS);

/** An action of a route, or what is wrong with it as the end of a sentence that begins with the line itself. */
export function parseAction(written: string, table: RouteTable): RouteAction | string {
  const colon = written.indexOf(':');
  const name = colon === -1 ? written : written.slice(0, colon);
  const argument = colon === -1 ? '' : written.slice(colon + 1);
  const info = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (info === undefined) return unknownAction(name);
  if (colon === -1) return `needs a colon behind the action: '${name}:'.`;
  if (!fits(info.place, table)) return `has '${name}', which ${MISFITS[info.place ?? 'request']}.`;
  const fields = info.form(argument);
  if (typeof fields === 'string') return `has '${name}', which ${fields}`;
  for (const value of Object.values(fields)) {
    const wrong = checkValue(value);
    if (wrong !== null) return wrong;
  }
  return { name, fields };
}

function unknownAction(name: string): string {
  const reason = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined;
  if (reason !== undefined) return `has the action '${name}', which is not supported: ${reason}.`;
  const [nearest] = nearestNames(name, ACTION_NAMES, 1);
  return `has no action: '${name}' does not exist.${nearest === undefined ? '' : ` Did you mean '${nearest}'?`}`;
}

const MISFITS = {
  request: "changes or answers the request before the application: it belongs into a 'route'",
  answer: 'answers the request, and after the answer that is too late',
  head: 'changes the answer, and after the answer that is too late',
} as const;

function fits(place: ActionInfo['place'], table: RouteTable): boolean {
  if (place === 'request') return table === 'request';
  return place === undefined || table !== 'final';
}

function statusText(value: string): Record<string, string> | string {
  return value === '' || /^(\d{3}( .*)?$|.*\$)/.test(value) ? { value } : "needs a status, as in '403 Forbidden'.";
}

function header(value: string): Record<string, string> | string {
  if (/\$/.test(value)) return { value };
  return /^[!#$%&'*+.^_`|~\w-]+:/.test(value) ? { value } : 'needs a header as NAME: VALUE.';
}

function expires(argument: string): Record<string, string> | string {
  const found = keys('filename unix value', [])(argument);
  if (typeof found === 'string') return numberOrValue(argument);
  return found.filename === undefined && found.unix === undefined ? 'needs filename= or unix=.' : found;
}

/** As `text.split(mark)`, but the last part keeps what is left. */
function split(argument: string, count: number, mark = ','): string[] {
  const parts = argument.split(mark);
  return parts.length <= count ? parts : [...parts.slice(0, count - 1), parts.slice(count - 1).join(mark)];
}
