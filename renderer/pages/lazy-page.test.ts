import { describe, expect, it } from 'vitest';
import { isOtherBuild } from './lazy-page.ts';

const HTML =
  '<!doctype html><script type="module" crossorigin src="./assets/index-B2.js"></script><div id="root"></div>';

describe('a page whose file is gone', () => {
  it('belongs to an earlier build when Reeve now gives a window with another program', () => {
    expect(isOtherBuild('./assets/index-A1.js', HTML)).toBe(true);
  });

  it('is no reason to load the same build again, or what is no window', () => {
    expect(isOtherBuild('./assets/index-B2.js', HTML)).toBe(false);
    expect(isOtherBuild('./assets/index-A1.js', null)).toBe(false);
    expect(isOtherBuild('./assets/index-A1.js', '{"message":"not found"}')).toBe(false);
    expect(isOtherBuild(null, HTML)).toBe(false);
  });
});
