import { describe, expect, it } from 'vitest';
import { contrastRatio } from './colour.ts';
import { checkContrast } from './contrast.ts';

describe('contrast', () => {
  it('is 21 for black on white and 1 for a colour on itself', () => {
    expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrastRatio('#2c6bd1', '#2c6bd1')).toBe(1);
  });

  it('agrees with a published pair: #767676 on white is 4.54', () => {
    expect(contrastRatio('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
  });

  it('reports a pair below its limit in the theme where it is', () => {
    const css = `:root { --fg-3: #ffffff; --bg-1: #000000; } :root[data-theme="light"] { --fg-3: #cccccc; --bg-1: #ffffff; }`;
    const problems = checkContrast(css).filter((problem) => problem.includes('--fg-3 on --bg-1 '));
    expect(problems).toEqual(['light: --fg-3 on --bg-1 is 1.61, needs 4.5']);
  });

  it('reports a token that is not there instead of passing it', () => {
    expect(checkContrast('')).toContain('dark: --fg-1 is not defined as #rrggbb');
  });

  it('reports two state hues that look alike', () => {
    const problems = checkContrast(':root { --st-idle: #a6acb3; --st-busy: #a6acb4; }');
    expect(problems.some((problem) => problem.includes('--st-idle and --st-busy are'))).toBe(true);
  });
});
