/**
 * Pages that are fetched when they are first opened. After an update of Reeve the names of their files are others and the
 * old ones are gone: a window of the build before then loads itself again, once, as the new build finds its own files.
 */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

type Load<P> = () => Promise<{ default: ComponentType<P> }>;

export function lazyPage<P>(load: Load<P>): LazyExoticComponent<ComponentType<P>> {
  return lazy(() => load().catch(recover));
}

/** Never resolves when the window is about to load again; throws what the page's error boundary shows otherwise. */
async function recover(cause: unknown): Promise<never> {
  const mine = document.querySelector('script[type="module"][src]')?.getAttribute('src') ?? null;
  if (isOtherBuild(mine, await fetchWindow())) {
    location.reload();
    return new Promise(() => {});
  }
  throw new Error('Its program could not be fetched from Reeve', { cause });
}

/** The window's HTML as Reeve gives it now; null when it does not answer. */
async function fetchWindow(): Promise<string | null> {
  try {
    const response = await fetch(location.pathname, { cache: 'no-store' });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

/** Whether `html` is a window that starts with another program than the one of address `mine`. */
export function isOtherBuild(mine: string | null, html: string | null): boolean {
  if (mine === null || html === null) return false;
  const scripts = [...html.matchAll(/<script\b[^>]*\bsrc="([^"]+)"/g)].map(([, src]) => src);
  return scripts.length > 0 && !scripts.includes(mine);
}
