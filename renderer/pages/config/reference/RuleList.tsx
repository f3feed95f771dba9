/** Findings of the checks, each with the reason and the way to its page. */
import type { RuleInfo } from '../../../../engine/config/rules/rule.ts';
import { HealthGlyph } from '../../../ui/Glyph.tsx';
import { reference } from './reference-store.ts';
import { LEVELS } from './reference-words.ts';

export function RuleList({ rules }: { rules: readonly RuleInfo[] }) {
  return (
    <ul className="ref-rules">
      {rules.map(({ code, severity, title, why }) => (
        <li key={code}>
          <HealthGlyph level={LEVELS[severity]} silent />
          <span>
            <button type="button" className="btn-link" onClick={() => reference.go({ type: 'rule', code })}>
              {title}
            </button>
            <span className="q"> {why}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
