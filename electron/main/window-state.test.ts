import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitWindow, parseWindowState, SMALLEST } from './window-state.ts';

const laptop = { x: 0, y: 25, width: 1440, height: 875 };
const right = { x: 1440, y: 0, width: 2560, height: 1440 };
const at = (x: number, y: number, width = 1200, height = 800) => ({
  bounds: { x, y, width, height },
  isMaximized: false,
});

describe('fitWindow', () => {
  it('keeps a window that is on a display', () => {
    expect(fitWindow(at(1500, 100), [laptop, right], laptop)).toEqual({ x: 1500, y: 100, width: 1200, height: 800 });
  });

  it('brings a window back whose display is gone', () => {
    expect(fitWindow(at(1500, 100), [laptop], laptop)).toEqual({ x: 120, y: 63, width: 1200, height: 800 });
  });

  it('moves a window inside that sticks out, so that its title bar can be grabbed', () => {
    expect(fitWindow(at(1000, 300), [laptop], laptop)).toEqual({ x: 240, y: 100, width: 1200, height: 800 });
    expect(fitWindow(at(-1100, 25), [laptop], laptop)).toMatchObject({ x: 0, y: 25 });
  });

  it('starts in the middle of the first display', () => {
    expect(fitWindow(null, [right], right)).toEqual({ x: 2000, y: 270, width: 1440, height: 900 });
  });

  it('is never larger than its display, even one smaller than the smallest window', () => {
    const small = { x: 0, y: 0, width: 800, height: 480 };
    expect(fitWindow(at(0, 0), [small], small)).toEqual(small);
  });

  it('always gives a place inside one of the displays', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    const bounds = fc.record({ x: number, y: number, width: number, height: number });
    fc.assert(
      fc.property(bounds, fc.boolean(), (anywhere, isMaximized) => {
        const placed = fitWindow({ bounds: anywhere, isMaximized }, [laptop, right], laptop);
        const isInside = [laptop, right].some(
          (display) =>
            placed.x >= display.x &&
            placed.y >= display.y &&
            placed.x + placed.width <= display.x + display.width &&
            placed.y + placed.height <= display.y + display.height,
        );
        return isInside && placed.width >= SMALLEST.width && placed.height >= SMALLEST.height;
      }),
    );
  });
});

describe('parseWindowState', () => {
  it('reads what was written', () => {
    expect(parseWindowState(JSON.stringify(at(1, 2)))).toEqual(at(1, 2));
  });

  it.each([
    '',
    '{',
    'null',
    '{"bounds":{"x":1}}',
    '{"bounds":{"x":"1","y":0,"width":1,"height":1},"isMaximized":true}',
  ])('takes %j for no state', (text) => {
    expect(parseWindowState(text)).toBe(null);
  });
});
