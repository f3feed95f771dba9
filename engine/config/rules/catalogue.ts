/**
 * All that a check can say, by code: the language's own findings and the rules of experience. The page
 * resources/docs/diagnostics.md is made from it, and tests keep it equal to what is really said.
 */
import { applicationRules } from './application-rules.ts';
import { exposureRules } from './exposure-rules.ts';
import { languageCodes } from './language-codes.ts';
import { listeningRules } from './listening-rules.ts';
import { processRules } from './process-rules.ts';
import { reloadRules } from './reload-rules.ts';
import type { Rule, RuleInfo } from './rule.ts';
import { serviceRules } from './service-rules.ts';

export const RULE_GROUPS: readonly { title: string; rules: readonly Rule[] }[] = [
  { title: 'Who can reach and read what', rules: exposureRules },
  { title: 'Addresses and the way of a request', rules: listeningRules },
  { title: 'Processes and threads', rules: processRules },
  { title: 'Applications in other languages', rules: applicationRules },
  { title: 'Reloads and the replacement of workers', rules: reloadRules },
  { title: 'The service around it', rules: serviceRules },
];

export const rules: readonly Rule[] = RULE_GROUPS.flatMap((group) => group.rules);

export const catalogue: readonly RuleInfo[] = [...languageCodes, ...rules];

const byCode = new Map(catalogue.map((info) => [info.code, info]));

/** What is documented about a code; null for one that there is not. */
export function findRule(code: string): RuleInfo | null {
  return byCode.get(code) ?? null;
}
