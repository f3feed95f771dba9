/**
 * Internal routing: actions on requests that match. Four tables, each with the same ways to choose requests; their lines
 * are made here from both, and read by routing-lines.ts.
 */
import { parseCollected, parseRoute, ROUTE_FORMS, ROUTE_SUBJECTS } from '../routing-lines.ts';
import type { RouteTable } from '../routing-settings.ts';
import { type OptionSection, type Reader, readFlag } from './section.ts';

/** When the actions of each table run, on uWSGI 2.0.21: those of 'error-route' for any status. */
const TABLES: readonly [prefix: string, when: string, matches: string][] = [
  ['', 'Before the application, runs', 'Runs'],
  ['error-', 'When the status of the response is set, runs', 'At the status, runs'],
  ['response-', 'Before the headers of the response are sent, runs', 'Before the headers, runs'],
  ['final-', 'After the response, runs', 'After the response, runs'],
];

const SUBJECTS: readonly [suffix: string, subject: string][] = [
  ['-host', 'Host header'],
  ['-uri', 'REQUEST_URI'],
  ['-qs', 'query string'],
  ['-remote-addr', 'client address'],
  ['-user-agent', 'User-Agent header'],
  ['-remote-user', 'user name'],
  ['-referer', 'Referer header'],
];

export const routingOptions: OptionSection = {
  data: `
${TABLES.flatMap((table) => describe(...table)).join('\n')}
error-route-status | list | works | | At the status, runs an action if it is this one: STATUS ACTION:ARGUMENT.
response-route-status | list | works | | Before the headers, runs an action if the status is this one: STATUS ACTION:ARGUMENT.
final-route-status | list | works | | After the response, runs an action if the status is this one: STATUS ACTION:ARGUMENT.
router-list | flag | works | | Lists the actions that routes may name.
collect-header | list | works | | Copies a header of the response into a variable for later routes: HEADER VARIABLE.
pull-header | list | works | | Moves a header of the response into a variable for later routes: HEADER VARIABLE.
pcre-jit | flag | none: JavaScript's expressions become machine code by themselves | | Compiles regular expressions to machine code, where the library can.
`,
  readers: {
    ...readersOfTables(),
    'collect-header': collect(false),
    'pull-header': collect(true),
    'router-list': readFlag((settings, value) => {
      settings.routing.listsActions = value;
    }),
  },
};

function describe(prefix: string, always: string, matching: string): string[] {
  const line = (suffix: string, help: string): string => `${prefix}route${suffix} | list | works | | ${help}`;
  const runs = `${matching} an action`;
  return [
    line('', `${runs} on requests whose path matches: EXPRESSION ACTION:ARGUMENT.`),
    ...SUBJECTS.map(([suffix, subject]) =>
      line(suffix, `${runs} on requests whose ${subject} matches: EXPRESSION ACTION:ARGUMENT.`),
    ),
    line('-if', `${runs} if a condition holds: CONDITION:ARGUMENT ACTION:ARGUMENT.`),
    line('-if-not', `${runs} unless a condition holds: CONDITION:ARGUMENT ACTION:ARGUMENT.`),
    line('-run', `${always} an action on every request: ACTION:ARGUMENT.`),
    line(
      '-label',
      `Names the place in this list of ${prefix === '' ? 'routes' : `'${prefix}route'`} where 'goto' may go on.`,
    ),
  ];
}

function readersOfTables(): Record<string, Reader> {
  const found: Record<string, Reader> = {};
  const kinds = ['', ...ROUTE_SUBJECTS.filter((subject) => subject !== ''), ...ROUTE_FORMS];
  for (const table of ['request', 'error', 'response', 'final'] as const) {
    for (const kind of kinds) {
      if (table === 'request' && kind === 'status') continue;
      const prefix = table === 'request' ? 'route' : `${table}-route`;
      found[kind === '' ? prefix : `${prefix}-${kind}`] = readRoute(table, kind);
    }
  }
  return found;
}

function readRoute(table: RouteTable, kind: string): Reader {
  return ({ settings }, value, origin) => {
    const rule = parseRoute(kind, value, table, origin);
    if (typeof rule === 'string') return rule;
    settings.routing.tables[table].push(rule);
    return null;
  };
}

function collect(isPulled: boolean): Reader {
  return ({ settings }, value) => {
    const collected = parseCollected(value, isPulled);
    if (typeof collected === 'string') return collected;
    settings.routing.collected.push(collected);
    return null;
  };
}
