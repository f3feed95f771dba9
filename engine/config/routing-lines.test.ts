import { describe, expect, it } from 'vitest';
import { compileExpression } from './routing-expressions.ts';
import { findBadJumps, parseRoute } from './routing-lines.ts';
import { defaultRouting, type RouteTable } from './routing-settings.ts';
import { parseValue } from './routing-values.ts';

const ORIGIN = { file: 'app.ini', line: 1 };

function read(kind: string, value: string, table: RouteTable = 'request') {
  return parseRoute(kind, value, table, ORIGIN);
}

function matches(expression: string, text: string): boolean {
  const compiled = compileExpression(expression);
  return compiled.ok && compiled.pattern.test(text);
}

function longest(expression: string): number {
  const compiled = compileExpression(expression);
  return compiled.ok ? compiled.longestText : -1;
}

describe('lines of routes', () => {
  it('become a test and an action with its fields', () => {
    expect(read('', '^/old/(.*) redirect-permanent:/new/$1')).toMatchObject({
      test: { type: 'match', variable: 'PATH_INFO', expression: '^/old/(.*)' },
      action: { name: 'redirect-permanent', fields: { value: '/new/$1' } },
    });
    expect(read('if-not', '==:${REMOTE_ADDR};::1 break:403 No entry')).toMatchObject({
      test: { name: '==', arguments: ['${REMOTE_ADDR}', '::1'], isNot: true },
      action: { name: 'break', fields: { value: '403 No entry' } },
    });
    expect(read('status', '404 addheader:X-A: b', 'error')).toMatchObject({ test: { type: 'status', status: 404 } });
    expect(read('run', 'cache:key=${REQUEST_URI},name=pages')).toMatchObject({
      test: null,
      action: { fields: { key: '${REQUEST_URI}', name: 'pages' } },
    });
    expect(read('label', 'end')).toMatchObject({ type: 'label', name: 'end' });
  });

  it.each([
    ['', '^/a redirct:/b', "'redirct' does not exist. Did you mean 'redirect'?"],
    ['', '^/(.*) rpc:$1', 'the client could choose it'],
    ['', '^/(.*) rpc:hello@$1', 'the client could choose it'],
    ['', '^/a rpcvar:T_A', 'needs VARIABLE FUNCTION'],
    ['', '^/a hash:key=a,items=b;c', 'needs var='],
    ['', '^/a hash:key=a,items=$1,var=T_A', 'the client could choose'],
    ['', '^/a hash:key=a,items=b,algo=md5,var=T_A', 'there are djb33x'],
    ['', '^/a access:', 'ipv4in'],
    ['', '^/a', 'needs an action'],
    ['', '^/a redirect', 'needs a colon'],
    ['', '(a redirect:/b', 'is no regular expression'],
    ['', '^/a harakiri:soon', 'needs a whole number'],
    ['', '^/a basicauth:Realm', 'needs REALM,USER:PASSWORD or REALM,FILE'],
    ['', '^/(.*) http:$1:80', 'the client could choose it'],
    ['', '^/a cache:name=c', 'needs key='],
    ['', '^/a cacheset:key=c,vale=1', "has 'vale=1'"],
    ['', '^/a addheader:nothing', 'needs a header'],
    ['', '^/a log:${geoip[country]}', 'not supported'],
    ['', '^/a log:${cooky[a]}', 'does not exist'],
    ['', '^/a log:${math[1+1]}', 'calculate with variables'],
    ['if', 'isfle:/a break:', "Did you mean 'isfile'?"],
    ['if', 'equal:a break:', 'compares two'],
    ['if', 'ipv4in:${REMOTE_ADDR};10.0.0 break:', 'needs a network'],
    ['if', 'regexp:${PATH_INFO};${qs[x]} break:', 'must not be one'],
    ['if', 'lord:mine break:', 'no legions'],
    ['status', 'four addheader:A: b', 'needs a status'],
  ])('of the kind %j that can not work say why: %s', (kind, value, text) => {
    expect(read(kind, value)).toContain(text);
  });

  it('refuse actions where they come too late', () => {
    expect(read('run', 'rewrite:/x', 'response')).toContain("it belongs into a 'route'");
    expect(read('run', 'redirect:/x', 'final')).toContain('too late');
    expect(read('run', 'addheader:A: b', 'final')).toContain('too late');
    expect(read('run', 'log:done', 'final')).toMatchObject({ action: { name: 'log' } });
  });

  it("have 'goto' find its label below, in the same table", () => {
    const routing = defaultRouting();
    for (const [kind, value] of [
      ['run', 'goto:later'],
      ['label', 'earlier'],
      ['run', 'goto:earlier'],
      ['run', 'goto:nowhere'],
      ['label', 'later'],
    ] as const) {
      const rule = parseRoute(kind, value, 'request', ORIGIN);
      if (typeof rule !== 'string') routing.tables.request.push(rule);
    }
    expect(findBadJumps(routing).map(({ message }) => message)).toEqual([
      expect.stringContaining("'goto:earlier' goes back"),
      expect.stringContaining("'goto:nowhere' has no label"),
    ]);
  });
});

describe('values', () => {
  it('are text, groups, variables and functions with keys', () => {
    expect(parseValue('a$1b${HOST}${cookie[x$2]}$x${')).toEqual([
      { type: 'text', text: 'a' },
      { type: 'group', group: 1 },
      { type: 'text', text: 'b' },
      { type: 'variable', name: 'HOST' },
      {
        type: 'function',
        name: 'cookie',
        key: [
          { type: 'text', text: 'x' },
          { type: 'group', group: 2 },
        ],
      },
      { type: 'text', text: '$x${' },
    ]);
  });
});

describe('expressions', () => {
  it('of PCRE are those of JavaScript where they differ in writing only', () => {
    expect(matches('(?i)^/ABC$', '/abc')).toBe(true);
    expect(matches('^/[[:digit:]]+\\z', '/12')).toBe(true);
    expect(matches('^/(?P<year>\\d+)/(?P=year)$', '/7/7')).toBe(true);
    expect(matches('\\A/(\\w*)$', '/')).toBe(true);
    expect(matches('a(?#comment)b', 'ab')).toBe(true);
  });

  it.each(['(?>a)b', 'a++b', '(?(1)a)', '(?|a|b)', '\\Qa\\E', '(?x) a b', '(a+)+\\1', '(?=(a+)+b)', '(a'])(
    'that can not be had are refused: %s',
    (expression) => {
      expect(compileExpression(expression).ok).toBe(false);
    },
  );

  it('that look around see texts up to a length that bounds their work', () => {
    expect(longest('^/(?!static/)')).toBe(Infinity);
    expect(longest('^/(?!static/)(.*)/x(.*)$')).toBe(4096);
    expect(longest('^(.*)(.*)(.*)(?!x)$')).toBe(256);
    expect(longest('^(a+)+$')).toBe(Infinity);
  });
});
