/**
 * One finding for one mistake: what a clearer one explains is left out, the same is not said twice, and all stand in
 * the order of lines.
 */
import type { Diagnostic } from '../diagnostics.ts';

const RANK = { error: 0, warning: 1, info: 2 } as const;

/** They say why a value is no good: the bare error of the same line is left out, and makes them errors. */
const EXPLAINS_VALUE: ReadonlySet<string> = new Set([
  'inline-comment',
  'environment-unset',
  'kind',
  'choice',
  'else',
  'address-twice',
]);
const BARE: ReadonlySet<string> = new Set(['bad-value', 'caution']);
/** Beyond this a file is no configuration, and the list no help. */
const MOST_FINDINGS = 2000;

export function mergeFindings(found: readonly Diagnostic[]): Diagnostic[] {
  const linesOf = (code: string): Set<number> =>
    new Set(found.filter((item) => item.code === code).map(({ line }) => line));
  const explained = new Set(found.filter(({ code }) => EXPLAINS_VALUE.has(code)).map(({ line }) => line));
  const elses = linesOf('else');
  const badValues = linesOf('bad-value');
  const isExplained = ({ code, line }: Diagnostic): boolean =>
    (BARE.has(code) && explained.has(line)) || (code === 'unknown-option' && elses.has(line));
  const refused = new Set(
    found.filter((item) => item.severity === 'error' && isExplained(item)).map(({ line }) => line),
  );
  const hasNoSection = found.some(({ code }) => code === 'no-section');
  const seen = new Set<string>();
  const kept = found.filter((item) => {
    const { code, line, message } = item;
    if (isExplained(item)) return false;
    if (code === 'no-listener' && hasNoSection) return false;
    if (code === 'placeholder-unset' && badValues.has(line)) return false;
    const key = `${line} ${code} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  for (const item of kept) if (EXPLAINS_VALUE.has(item.code) && refused.has(item.line)) item.severity = 'error';
  return kept
    .sort((a, b) => a.line - b.line || RANK[a.severity] - RANK[b.severity] || a.from - b.from)
    .slice(0, MOST_FINDINGS);
}
