/**
 * The page of all diagnostics, made from the catalogue that the checker itself reads (engine/config/rules): what each
 * code means, why it matters, what to do, and a file that has it.
 */

import { RULE_GROUPS } from '../../engine/config/rules/catalogue.ts';
import { languageCodes } from '../../engine/config/rules/language-codes.ts';
import type { RuleInfo } from '../../engine/config/rules/rule.ts';

/** Where the page lies. */
export const DIAGNOSTIC_DOCS_PATH = 'resources/docs/diagnostics.md';

/** The page as Markdown. */
export function renderDiagnosticDocs(): string {
  const groups: { title: string; rules: readonly RuleInfo[] }[] = [
    { title: 'The language', rules: languageCodes },
    ...RULE_GROUPS,
  ];
  const count = groups.reduce((sum, { rules }) => sum + rules.length, 0);
  return [
    '# What a check can say',
    '',
    `The editor, \`reeve check\` and the engine speak of ${count} things by the codes below. Errors end a start; warnings are very likely mistakes; what is only advice is an info. A code never changes its meaning.`,
    '',
    'Each section below is one code: its usual severity, whose start it is about when it is not both servers, why it matters, what to do, and a file that has it.',
    ...groups.flatMap(({ title, rules }) => ['', `## ${title}`].concat(rules.flatMap(section))),
    '',
  ].join('\n');
}

function section({ code, severity, server, title, why, todo, example }: RuleInfo): string[] {
  const whose = server === undefined ? '' : server === 'uwsgi' ? ', on uWSGI' : ', on the engine';
  return [
    '',
    `### ${code}`,
    '',
    `${title} (${severity}${whose}). ${why} ${todo}`,
    ...(example === '' ? [] : ['', '```ini', ...example.replace(/\n$/, '').split('\n'), '```']),
  ];
}
