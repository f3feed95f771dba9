/**
 * That nothing which routes can say is without a case recorded from uWSGI 2.0.21 (engine/goldens/routing), and that
 * nothing which uWSGI lists (`router-list` with its routing plugins) is unknown here.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ACTION_NAMES, parseAction } from './config/routing-actions.ts';
import { CONDITION_NAMES, parseRoute, ROUTE_FORMS, ROUTE_SUBJECTS } from './config/routing-lines.ts';
import type { RouteRule, RouteTable } from './config/routing-settings.ts';
import { VALUE_FUNCTIONS } from './config/routing-values.ts';
import { casesOf, GOLDENS, GROUPS, linesOf, type RoutingCase } from './testing/routing-cases.ts';

interface RecordedRule {
  /** What stands behind `route-` in the option's name. */
  kind: string;
  table: RouteTable;
  text: string;
  rule: RouteRule;
}

const ORIGIN = { file: 'uwsgi.ini', line: 1 };
const TABLES: Record<string, RouteTable> = {
  '': 'request',
  'error-': 'error',
  'response-': 'response',
  'final-': 'final',
};

/** The rules of a group that its requests reach: an expression for the path has to match one of theirs. */
function rulesOf(group: string): RecordedRule[] {
  const paths = casesOf(group).flatMap(pathsOf);
  const lines = linesOf(group)
    .replaceAll(/(?<!\$)\{\w+\}/g, '127.0.0.1:1')
    .replaceAll('%d', '/folder')
    .replaceAll('%%', '%');
  return [...lines.matchAll(/^(error-|response-|final-|)route-?([\w-]*) = (.*)$/gm)].flatMap(
    ([, prefix = '', kind = '', text = '']) => {
      const table = TABLES[prefix] ?? 'request';
      const rule = parseRoute(kind, text, table, ORIGIN);
      if (typeof rule === 'string') throw new Error(`${group}: '${text}' ${rule}`);
      const isReached =
        rule.type === 'label' ||
        rule.test?.type !== 'match' ||
        rule.test.variable !== 'PATH_INFO' ||
        reaches(rule.test.expression, paths);
      return isReached ? [{ kind, table, text, rule }] : [];
    },
  );
}

/** The path of a request, and those that the application saw. */
function pathsOf({ request, body }: RoutingCase): string[] {
  const [asked = ''] = request.path.split('?', 1);
  const decoded = asked.replace(/%([\da-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return [decoded, ...Array.from(body.matchAll(/^PATH_INFO=(.*)$/gm), ([, path = '']) => path)];
}

function reaches(expression: string, paths: readonly string[]): boolean {
  const pattern = new RegExp(expression);
  return paths.some((path) => pattern.test(path));
}

const RULES = GROUPS.flatMap(rulesOf);

it('has a recorded case for every action', () => {
  const recorded = new Set(RULES.map(({ rule }) => (rule.type === 'label' ? '' : rule.action.name)));
  expect(ACTION_NAMES.filter((name) => !recorded.has(name))).toEqual([]);
});

it('has a recorded case for every condition', () => {
  const recorded = new Set(
    RULES.map(({ rule }) => (rule.type === 'rule' && rule.test?.type === 'condition' ? rule.test.name : '')),
  );
  expect(CONDITION_NAMES.filter((name) => !recorded.has(name))).toEqual([]);
});

it('has a recorded case for every function of values', () => {
  expect(VALUE_FUNCTIONS.filter((name) => !RULES.some(({ text }) => text.includes(`\${${name}[`)))).toEqual([]);
});

it('has a recorded case for every kind of rule, and rules in every table', () => {
  const recorded = new Set(RULES.map(({ kind }) => kind));
  expect([...ROUTE_FORMS, ...ROUTE_SUBJECTS].filter((kind) => !recorded.has(kind))).toEqual([]);
  expect(new Set(RULES.map(({ table }) => table))).toEqual(new Set(Object.values(TABLES)));
});

it('takes every action that uWSGI lists, or says why not', () => {
  const listed = readFileSync(join(GOLDENS, 'actions.txt'), 'utf8').trimEnd().split('\n');
  const unknown = listed.filter((name) => {
    const parsed = parseAction(`${name}:`, 'request');
    return typeof parsed === 'string' && parsed.includes('does not exist');
  });
  expect(unknown).toEqual([]);
  expect(ACTION_NAMES.filter((name) => !listed.includes(name))).toEqual([]);
});
