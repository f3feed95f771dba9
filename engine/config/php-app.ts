/** What the PHP part of a configuration means: which scripts run, and with which settings. Pure. */
import type { Origin } from './settings.ts';

interface PhpSettings {
  /** `php-docroot`: absolute; null: what the request says. */
  docroot: string | null;
  /** `php-app`: one script for all requests, absolute. */
  app: string | null;
}

export interface PhpApp extends PhpSettings {
  language: 'php';
}

export interface PhpDraft extends PhpSettings {
  /** Of the option that asks for PHP; null: none does. */
  origin: Origin | null;
}

export function phpDraft(): PhpDraft {
  return { origin: null, docroot: null, app: null };
}

/** Null: the configuration asks for no PHP. */
export function finishPhp({ origin, ...settings }: PhpDraft): PhpApp | null {
  return origin === null ? null : { language: 'php', ...settings };
}
