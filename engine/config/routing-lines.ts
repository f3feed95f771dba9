/**
 * Lines of internal routing: `EXPRESSION ACTION:ARGUMENT`, `CONDITION:ARGUMENTS ACTION:ARGUMENT`, `ACTION:ARGUMENT`,
 * `STATUS ACTION:ARGUMENT` and labels. Each is checked whole at the start; a line that can not work is an error.
 */
import { nearestNames } from './nearest.ts';
import { parseAction } from './routing-actions.ts';
import { compileExpression } from './routing-expressions.ts';
import type { CollectedHeader, RouteRule, RouteTable, RouteTest, RoutingSettings } from './routing-settings.ts';
import { checkValue } from './routing-values.ts';
import type { Origin } from './settings.ts';

/** Conditions of `route-if`, and how many arguments each has, separated by semicolons. */
const CONDITIONS: Record<string, 1 | 2> = {
  exists: 1,
  isfile: 1,
  isdir: 1,
  islink: 1,
  isexec: 1,
  equal: 2,
  isequal: 2,
  eq: 2,
  '==': 2,
  startswith: 2,
  endswith: 2,
  contain: 2,
  contains: 2,
  regexp: 2,
  re: 2,
  empty: 1,
  ishigher: 2,
  '>': 2,
  islower: 2,
  '<': 2,
  ishigherequal: 2,
  '>=': 2,
  islowerequal: 2,
  '<=': 2,
  incache: 1,
  ipv4in: 2,
  ipv6in: 2,
};

export const CONDITION_NAMES: readonly string[] = Object.keys(CONDITIONS);

/** What lies behind `route-` in the option, and what it looks at. */
const SUBJECTS: Record<string, string> = {
  '': 'PATH_INFO',
  host: 'HTTP_HOST',
  uri: 'REQUEST_URI',
  qs: 'QUERY_STRING',
  'remote-addr': 'REMOTE_ADDR',
  'user-agent': 'HTTP_USER_AGENT',
  'remote-user': 'REMOTE_USER',
  referer: 'HTTP_REFERER',
};

/** Options of routes that are more than a subject. */
export const ROUTE_FORMS = ['if', 'if-not', 'run', 'status', 'label'] as const;
export const ROUTE_SUBJECTS: readonly string[] = Object.keys(SUBJECTS);

/**
 * Reads a line of a table into a rule, or says what is wrong with it as the end of a sentence.
 * @param kind what stands behind `route-` in the option's name; empty for `route` itself
 */
export function parseRoute(kind: string, value: string, table: RouteTable, origin: Origin): RouteRule | string {
  if (kind === 'label') return value === '' ? 'needs a name.' : { type: 'label', name: value, origin };
  if (kind === 'run') return withAction(null, value, table, origin);
  const space = value.indexOf(' ');
  if (space === -1) return `needs an action: ${FORMS[kind] ?? 'EXPRESSION ACTION:ARGUMENT'}.`;
  const test = parseTest(kind, value.slice(0, space));
  if (typeof test === 'string') return test;
  return withAction(test, value.slice(space + 1).trimStart(), table, origin);
}

const FORMS: Record<string, string> = {
  if: 'CONDITION:ARGUMENT ACTION:ARGUMENT',
  'if-not': 'CONDITION:ARGUMENT ACTION:ARGUMENT',
  status: 'STATUS ACTION:ARGUMENT',
};

function withAction(test: RouteTest | null, written: string, table: RouteTable, origin: Origin): RouteRule | string {
  // As people write other options: a blank between would be an unknown action.
  const action = parseAction(written.replace(/^=\s*/, ''), table);
  return typeof action === 'string' ? action : { type: 'rule', test, action, origin };
}

function parseTest(kind: string, text: string): RouteTest | string {
  if (kind === 'if' || kind === 'if-not') return parseCondition(text, kind === 'if-not');
  if (kind === 'status') {
    return /^[1-9]\d\d$/.test(text) ? { type: 'status', status: Number(text) } : `needs a status, not '${text}'.`;
  }
  const compiled = compileExpression(text);
  if (!compiled.ok) return `has the expression '${text}', which ${compiled.message}`;
  return { type: 'match', variable: SUBJECTS[kind] ?? 'PATH_INFO', expression: text };
}

function parseCondition(text: string, isNot: boolean): RouteTest | string {
  const colon = text.indexOf(':', 1);
  const name = colon === -1 ? text : text.slice(0, colon);
  const count = Object.hasOwn(CONDITIONS, name) ? CONDITIONS[name] : undefined;
  if (name === 'lord') return "has the condition 'lord', which is not supported: there are no legions here.";
  if (count === undefined) {
    const [nearest] = nearestNames(name, CONDITION_NAMES, 1);
    return `has no condition: '${name}' does not exist.${nearest === undefined ? '' : ` Did you mean '${nearest}'?`}`;
  }
  if (colon === -1) return `needs a colon behind '${name}'.`;
  const argument = text.slice(colon + 1);
  const wrong = checkValue(argument);
  if (wrong !== null) return wrong;
  if (count === 1) return argument === '' ? `needs something behind '${name}:'.` : condition(name, [argument], isNot);
  const semicolon = argument.indexOf(';');
  if (semicolon === -1) return `has '${name}', which compares two: ${name}:FIRST;SECOND.`;
  const parts = [argument.slice(0, semicolon), argument.slice(semicolon + 1)];
  const fault = checkSecond(name, parts[1] ?? '');
  return fault ?? condition(name, parts, isNot);
}

function condition(name: string, parts: string[], isNot: boolean): RouteTest {
  return { type: 'condition', name, arguments: parts, isNot };
}

function checkSecond(name: string, second: string): string | null {
  if (name === 're' || name === 'regexp') {
    if (second.includes('$')) {
      const withoutValues = second.replace(/\$(?=$|\)|\|)/g, '');
      if (/\$\{|\$\d/.test(withoutValues)) {
        return 'has a variable in an expression: what a client sends must not be one.';
      }
    }
    const compiled = compileExpression(second);
    return compiled.ok ? null : `has the expression '${second}', which ${compiled.message}`;
  }
  if (name === 'ipv4in' && !second.includes('$') && !/^\d+(\.\d+){3}(\/\d{1,2})?$/.test(second)) {
    return `needs a network as 10.0.0.0/8, not '${second}'.`;
  }
  if (name === 'ipv6in' && !second.includes('$') && !/^[\da-fA-F:.]+(\/\d{1,3})?$/.test(second)) {
    return `needs a network as 2001:db8::/32, not '${second}'.`;
  }
  return null;
}

/** `collect-header` and `pull-header`: HEADER VARIABLE. */
export function parseCollected(value: string, isPulled: boolean): CollectedHeader | string {
  const [header = '', variable = '', ...more] = value.trim().split(/\s+/);
  if (variable === '' || more.length > 0) return 'needs HEADER VARIABLE.';
  return { header, variable, isPulled };
}

/** Labels that `goto` names but that do not stand below it: uWSGI ends such requests without an answer. */
export function findBadJumps({ tables }: RoutingSettings): { origin: Origin; message: string }[] {
  const bad: { origin: Origin; message: string }[] = [];
  for (const rules of Object.values(tables)) {
    for (const [at, rule] of rules.entries()) {
      if (rule.type === 'label' || rule.action.name !== 'goto') continue;
      const label = rule.action.fields.value ?? '';
      const isNamed = (other: RouteRule): boolean => other.type === 'label' && other.name === label;
      if (label.includes('$') || rules.slice(at + 1).some(isNamed)) continue;
      const message = rules.some(isNamed)
        ? `'goto:${label}' goes back: the label stands above it, and 'goto' goes on below only. Move the label.`
        : `'goto:${label}' has no label: write 'route-label = ${label}' below it, in the same table.`;
      bad.push({ origin: rule.origin, message });
    }
  }
  return bad;
}
