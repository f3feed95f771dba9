/**
 * Which findings concern which option: those that name it in their texts, and the rules of experience whose example
 * sets it. Lines that every example begins with say nothing. Pure; made once, when the reference is first asked.
 */
import { parseIni } from '../../../../engine/config/ini-document.ts';
import { findOption } from '../../../../engine/config/option-table.ts';
import { catalogue, rules } from '../../../../engine/config/rules/catalogue.ts';
import type { RuleInfo } from '../../../../engine/config/rules/rule.ts';

/** They make an example complete. */
const USUAL = new Set(['http-socket', 'module', 'need-app', 'master']);

let concerned: ReadonlyMap<string, readonly RuleInfo[]> | null = null;

/** Findings about an option, by its main name, worst first; those about the other server only come last. */
export function rulesAbout(name: string, server?: RuleInfo['server']): readonly RuleInfo[] {
  concerned ??= readRules();
  const found = concerned.get(name) ?? [];
  const isElsewhere = (rule: RuleInfo): boolean =>
    server !== undefined && rule.server !== undefined && rule.server !== server;
  return [...found.filter((rule) => !isElsewhere(rule)), ...found.filter(isElsewhere)];
}

/** Main names of the options that a finding is about. */
export function optionsOf(rule: RuleInfo): string[] {
  const isOfExperience = rules.some(({ code }) => code === rule.code);
  const example = isOfExperience ? exampleNames(rule.example) : [];
  return [...new Set([...namesIn(`${rule.title} ${rule.why} ${rule.todo}`), ...example])];
}

function readRules(): ReadonlyMap<string, readonly RuleInfo[]> {
  const found = new Map<string, RuleInfo[]>();
  for (const rule of catalogue) {
    for (const name of optionsOf(rule)) {
      const list = found.get(name);
      if (list) list.push(rule);
      else found.set(name, [rule]);
    }
  }
  const rank = { error: 0, warning: 1, info: 2 };
  for (const list of found.values()) list.sort((a, b) => rank[a.severity] - rank[b.severity]);
  return found;
}

/** `'harakiri'` and `harakiri = 30` in a sentence. */
function namesIn(text: string): string[] {
  const words = [...text.matchAll(/'([\w-]+)'|\b([\w-]+) = /g)].map(([, quoted, assigned]) => quoted ?? assigned ?? '');
  return words.flatMap((word) => findOption(word)?.name ?? []);
}

function exampleNames(example: string): string[] {
  return parseIni(example).lines.flatMap((line) => {
    const name = line.type === 'option' ? findOption(line.key)?.name : undefined;
    return name === undefined || USUAL.has(name) ? [] : [name];
  });
}
