/**
 * What the CGI part of a configuration means: which scripts run, and how. Workers in Python start them
 * (resources/runtimes/python/reeve_cgi.py), and get it as it stands. Pure.
 */
import type { Origin } from './settings.ts';

interface CgiSettings {
  /** `cgi`, in order; `mountpoint` is empty where none is given. Targets are absolute. */
  mounts: { mountpoint: string; target: string }[];
  /** `cgi-from-docroot`: the folder is the request's DOCUMENT_ROOT, whatever `mounts` says. */
  fromDocroot: boolean;
  /** `cgi-map-helper`: programs that run scripts whose names end so. */
  helpers: [end: string, program: string][];
  allowedExtensions: string[];
  index: string[];
  /** Folders that links may lead to beside the script's own; absolute. */
  safe: string[];
  /** Longest silence of a script. */
  timeoutSeconds: number;
  /** Variables of the environment that scripts do not get. */
  unset: string[];
  /** A script whose request fails runs on. */
  leavesOnError: boolean;
  /** Variables that `env` sets: scripts get them, as on uWSGI. */
  env: string[];
}

export interface CgiApp extends CgiSettings {
  language: 'cgi';
}

export interface CgiDraft extends CgiSettings {
  /** Of the option that asks for CGI; null: none does. */
  origin: Origin | null;
}

export function cgiDraft(): CgiDraft {
  return {
    origin: null,
    mounts: [],
    fromDocroot: false,
    helpers: [],
    allowedExtensions: [],
    index: [],
    safe: [],
    timeoutSeconds: 60,
    unset: [],
    leavesOnError: false,
    env: [],
  };
}

/**
 * Null: the configuration asks for no CGI.
 * @param env of the whole configuration, in order
 */
export function finishCgi(
  { origin, ...settings }: CgiDraft,
  env: readonly (readonly [name: string, value: string | null])[],
): CgiApp | null {
  if (origin === null) return null;
  const names = new Set<string>();
  for (const [name, value] of env) {
    if (value === null) names.delete(name);
    else names.add(name);
  }
  return { language: 'cgi', ...settings, env: [...names] };
}
