/** What the PHP part of a configuration means: which scripts run, and with which settings of PHP. Pure. */
import type { ConfigError } from './errors.ts';
import type { EngineSettings, Origin } from './settings.ts';
import { RUNTIME_PHASES } from './system-settings.ts';

interface PhpSettings {
  /** `php-docroot`: absolute; null: what the request says (DOCUMENT_ROOT), otherwise `folder`. */
  docroot: string | null;
  /** Where the workers start: what relative paths are from. */
  folder: string;
  /** `php-app`: one script for all requests, absolute. */
  app: string | null;
  /** `php-app-qs`: what the query string begins with in front of the path, `q=` say. */
  appQuery: string | null;
  /** `php-app-bypass`: expressions for the paths that `app` does not answer. */
  appBypass: string[];
  /** `php-fallback`: the script for paths that are none, absolute. */
  fallback: string | null;
  /** `php-fallback2`: the same, within the folder of scripts. */
  fallback2: string | null;
  /** `php-fallback-qs`: the query variable that has the path then. */
  fallbackQuery: string | null;
  /** `php-index`, in order. */
  index: string[];
  /** Absolute; empty: the folder of scripts. */
  allowedDocroots: string[];
  allowedExtensions: string[];
  allowedScripts: string[];
  /** `php-ini`: absolute; null: PHP's own. */
  ini: string | null;
  iniAppend: string[];
  set: [name: string, value: string][];
  /** `php-var`, as variables of each request. */
  vars: [name: string, value: string][];
  constants: [name: string, value: string][];
  execBefore: string[];
  execAfter: string[];
  serverSoftware: string;
}

export interface PhpApp extends PhpSettings {
  language: 'php';
}

export interface PhpDraft extends PhpSettings {
  /** Of the option that asks for PHP; null: none does. */
  origin: Origin | null;
}

export function phpDraft(): PhpDraft {
  return { origin: null, ...phpSettings() };
}

/** What holds where the configuration says nothing. */
export function phpSettings(): PhpSettings {
  return {
    docroot: null,
    folder: '/',
    app: null,
    appQuery: null,
    appBypass: [],
    fallback: null,
    fallback2: null,
    fallbackQuery: null,
    index: [],
    allowedDocroots: [],
    allowedExtensions: [],
    allowedScripts: [],
    ini: null,
    iniAppend: [],
    set: [],
    vars: [],
    constants: [],
    execBefore: [],
    execAfter: [],
    serverSoftware: 'uWSGI',
  };
}

/** Null: the configuration asks for no PHP. */
export function finishPhp({ origin, ...settings }: PhpDraft): PhpApp | null {
  return origin === null ? null : { language: 'php', ...settings };
}

/** What php-cgi can not do: each process serves one request at a time, and knows nothing of hooks. */
export function checkPhpWorkers({ app, threads, options, system }: EngineSettings, errors: ConfigError[]): void {
  if (app.language !== 'php') return;
  const originOf = (name: string): Origin => options.find(({ key }) => key === name)?.origin ?? { file: '', line: 0 };
  if (threads > 1) {
    errors.push({
      code: 'bad-value',
      message: "'threads' does not go with PHP: each of its processes serves one request at a time.",
      origin: originOf('threads'),
      option: 'threads',
      hint: "Remove 'threads' and raise 'processes'.",
    });
  }
  for (const { phase, text } of system.hooks) {
    if (!RUNTIME_PHASES.some((one) => one === phase)) continue;
    errors.push({
      code: 'not-supported',
      message: `A hook of workers ('${text}') does not go with PHP: php-cgi runs none.`,
      origin: originOf(`hook-${phase}`),
      option: `hook-${phase}`,
      hint: "Use a hook of the master, such as 'hook-asap', or 'php-exec-before'.",
    });
  }
}
