/** Lines whose value a file that is read further down replaces: `processes = 2` above `include = common.ini`. */
import { findOption } from '../option-table.ts';
import type { ResolvedOption } from '../resolve-state.ts';
import type { CheckedText } from './place-findings.ts';
import type { Finding } from './rule.ts';
import type { RuleConfig } from './rule-config.ts';

export function checkOverridden({ resolved, fix }: RuleConfig, { isHere }: Pick<CheckedText, 'isHere'>): Finding[] {
  const earlier = new Map<string, ResolvedOption>();
  const found: Finding[] = [];
  for (const item of resolved.applied) {
    const option = findOption(item.key);
    if (option === null || option.repeatable || option.kind === 'logic') continue;
    const before = earlier.get(option.name);
    earlier.set(option.name, item);
    if (before === undefined || !isHere(before.origin) || isHere(item.origin) || item.origin.line === 0) continue;
    if (before.value === item.value || fix.lineOf(before) === null) continue;
    const next =
      item.origin.via?.option === 'inherit'
        ? "What 'inherit' brings comes last; use include above this line if this one is meant to win."
        : 'Move the include above this line if this one is meant to win.';
    const message = `${item.origin.file} line ${item.origin.line} is read later and wins with '${item.key} = ${item.value}'. ${next}`;
    found.push({ item: before, message, related: [item] });
  }
  return found;
}
