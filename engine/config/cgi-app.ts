/**
 * What the CGI part of a configuration means: which scripts run, and how. Workers in Python start them
 * (resources/runtimes/python/reeve_cgi.py). Pure.
 */
import type { Origin } from './settings.ts';

interface CgiSettings {
  /** `cgi`, in order; `mountpoint` is empty where none is given. Targets are absolute. */
  mounts: { mountpoint: string; target: string }[];
}

export interface CgiApp extends CgiSettings {
  language: 'cgi';
}

export interface CgiDraft extends CgiSettings {
  /** Of the option that asks for CGI; null: none does. */
  origin: Origin | null;
}

export function cgiDraft(): CgiDraft {
  return { origin: null, mounts: [] };
}

/** Null: the configuration asks for no CGI. */
export function finishCgi({ origin, ...settings }: CgiDraft): CgiApp | null {
  return origin === null ? null : { language: 'cgi', ...settings };
}
