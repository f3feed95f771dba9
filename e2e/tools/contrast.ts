/**
 * Checks the design tokens: every pair of text or graphic and surface that the product uses has the contrast that
 * WCAG 2.2 asks for (4.5 for text, 3 for graphics), in both themes, and the hues of the worker states stay apart
 * under colour blindness. A pair that names a token the stylesheet does not define is a failure too.
 */
import { colourDistance, contrastRatio, type Vision } from './colour.ts';

const WORKER_STATES = ['idle', 'busy', 'cheap', 'pause', 'sig', 'down'].map((state) => `st-${state}`);
/** Closest pair of state hues allowed; shape and word carry the rest. */
const LEAST_STATE_DISTANCE = 5;
const VISIONS: Vision[] = ['normal', 'protan', 'deutan', 'tritan'];

interface Pair {
  front: string;
  back: string;
  least: number;
}

function pairs(fronts: string[], backs: string[], least: number): Pair[] {
  return fronts.flatMap((front) => backs.map((back) => ({ front, back, least })));
}

const PAIRS: Pair[] = [
  ...pairs(
    ['fg-1', 'fg-2', 'fg-3'],
    ['bg-0', 'bg-1', 'bg-2', 'bg-3', 'bg-4', 'bg-pop', 'bg-sel', 'bg-warn', 'bg-crit', 'bg-ok'],
    4.5,
  ),
  ...pairs(['accent', 'warn', 'crit', 'ok'], ['bg-0', 'bg-1', 'bg-2', 'bg-3', 'bg-pop', 'bg-sel'], 4.5),
  ...pairs(['warn'], ['bg-warn'], 4.5),
  ...pairs(['crit'], ['bg-crit', 'bg-ok'], 4.5),
  ...pairs(['ok'], ['bg-ok'], 4.5),
  ...pairs(['accent'], ['bg-4'], 4.5),
  ...pairs(['fg-on-accent'], ['accent-fill', 'accent-fill-hover'], 4.5),
  ...pairs(['fg-1', 'fg-3'], ['bg-add', 'bg-del'], 4.5),
  ...pairs(WORKER_STATES, ['bg-warn', 'bg-4'], 3),
  ...pairs(WORKER_STATES, ['bg-0', 'bg-1', 'bg-2', 'bg-3', 'bg-sel'], 4.5),
  ...pairs(['c-1', 'c-2', 'c-3', 'c-4', 'c-5', 'c-6'], ['bg-1', 'bg-2'], 3),
  ...pairs(['line-ctl'], ['bg-0', 'bg-1', 'bg-2', 'bg-pop'], 3),
  ...pairs(['ed-key', 'ed-value', 'ed-number', 'ed-section', 'ed-comment', 'ed-var'], ['bg-1', 'ed-line'], 4.5),
];

/** Problems of the tokens in a stylesheet: `:root {` holds the dark theme, `:root[data-theme="light"]` the light one. */
export function checkContrast(css: string): string[] {
  const dark = tokensOf(css, ':root {');
  const light = { ...dark, ...tokensOf(css, ':root[data-theme="light"]') };
  return [...checkTheme('dark', dark), ...checkTheme('light', light)];
}

function checkTheme(theme: string, tokens: Record<string, string>): string[] {
  const problems: string[] = [];
  const missing = new Set<string>();
  for (const { front, back, least } of PAIRS) {
    const [a, b] = [tokens[front], tokens[back]];
    if (a === undefined) missing.add(front);
    if (b === undefined) missing.add(back);
    if (a === undefined || b === undefined) continue;
    const ratio = contrastRatio(a, b);
    if (ratio < least) problems.push(`${theme}: --${front} on --${back} is ${ratio.toFixed(2)}, needs ${least}`);
  }
  for (const name of missing) problems.push(`${theme}: --${name} is not defined as #rrggbb`);
  return [...problems, ...checkStates(theme, tokens)];
}

function checkStates(theme: string, tokens: Record<string, string>): string[] {
  const problems: string[] = [];
  for (const [index, first] of WORKER_STATES.entries()) {
    for (const second of WORKER_STATES.slice(index + 1)) {
      const [a, b] = [tokens[first], tokens[second]];
      if (a === undefined || b === undefined) continue;
      for (const vision of VISIONS) {
        const distance = colourDistance(a, b, vision);
        if (distance >= LEAST_STATE_DISTANCE) continue;
        const text = `${distance.toFixed(1)} apart in OKLab for ${vision} vision, needs ${LEAST_STATE_DISTANCE}`;
        problems.push(`${theme}: --${first} and --${second} are ${text}`);
      }
    }
  }
  return problems;
}

function tokensOf(css: string, selector: string): Record<string, string> {
  const at = css.indexOf(selector);
  if (at === -1) return {};
  const block = css.slice(at, css.indexOf('}', at));
  const found = [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/gi)];
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, value]));
}
