/**
 * Where the window was, read tolerantly and fitted to the displays there are now: a display that was unplugged or a
 * file from another machine never puts the window out of sight. Pure; main-window.ts reads and writes the file.
 */
import { z } from 'zod';
import type { Rectangle } from './electron-port.ts';

export const windowStateSchema = z.object({
  bounds: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
  isMaximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

export const SMALLEST = { width: 900, height: 600 };
const USUAL = { width: 1440, height: 900 };
/** So much of the title bar must be on a display to be grabbed. */
const GRAB_PX = 64;

/** null for a text that is no window state. */
export function parseWindowState(text: string): WindowState | null {
  try {
    const parsed = windowStateSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Bounds inside one of the displays; in the middle of the first one when there is no state that fits. */
export function fitWindow(state: WindowState | null, displays: readonly Rectangle[], primary: Rectangle): Rectangle {
  const home = state === null ? undefined : displays.find((display) => isGrabbable(state.bounds, display));
  if (state === null || home === undefined) return centre(state?.bounds ?? USUAL, primary);
  const { width, height } = fitSize(state.bounds, home);
  return {
    x: clamp(Math.round(state.bounds.x), home.x, home.x + home.width - width),
    y: clamp(Math.round(state.bounds.y), home.y, home.y + home.height - height),
    width,
    height,
  };
}

function centre(size: { width: number; height: number }, display: Rectangle): Rectangle {
  const { width, height } = fitSize(size, display);
  return {
    x: display.x + Math.round((display.width - width) / 2),
    y: display.y + Math.round((display.height - height) / 2),
    width,
    height,
  };
}

/** Not smaller than the smallest window, not larger than the display; the display wins. */
function fitSize(size: { width: number; height: number }, display: Rectangle): { width: number; height: number } {
  return {
    width: Math.min(Math.max(Math.round(size.width), SMALLEST.width), display.width),
    height: Math.min(Math.max(Math.round(size.height), SMALLEST.height), display.height),
  };
}

function isGrabbable(bounds: Rectangle, display: Rectangle): boolean {
  const visibleWidth = Math.min(bounds.x + bounds.width, display.x + display.width) - Math.max(bounds.x, display.x);
  const isTopVisible = bounds.y >= display.y - GRAB_PX && bounds.y < display.y + display.height - GRAB_PX;
  return visibleWidth >= GRAB_PX && isTopVisible;
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
