/**
 * All sections of the option table as one: the lines and the readers of every option.
 */
import { backgroundOptions } from './background.ts';
import { controlOptions } from './control.ts';
import { daemonsOptions } from './daemons.ts';
import { hooksOptions } from './hooks.ts';
import { languageOptions } from './language.ts';
import { languagesOptions } from './languages.ts';
import { listenersOptions } from './listeners.ts';
import { logOptions } from './log.ts';
import { pythonOptions } from './python.ts';
import { recyclingOptions } from './recycling.ts';
import { requestsOptions } from './requests.ts';
import { routerOptions } from './router.ts';
import type { OptionSection, Reader } from './section.ts';
import { socketsOptions } from './sockets.ts';
import { statsOptions } from './stats.ts';
import { systemOptions } from './system.ts';
import { tlsOptions } from './tls.ts';
import { workersOptions } from './workers.ts';

export const sections: readonly OptionSection[] = [
  listenersOptions,
  socketsOptions,
  tlsOptions,
  routerOptions,
  requestsOptions,
  workersOptions,
  recyclingOptions,
  controlOptions,
  systemOptions,
  hooksOptions,
  daemonsOptions,
  pythonOptions,
  languagesOptions,
  logOptions,
  statsOptions,
  backgroundOptions,
  languageOptions,
];

/** Reader of each option with status `works`, by its main name, beside those that resolve.ts has dealt with already. */
export const readers: Readonly<Record<string, Reader>> = Object.assign(
  {},
  ...sections.map((section) => section.readers),
);

/** Options that resolve.ts has dealt with: they set nothing. */
export const RESOLVED_OPTIONS: ReadonlySet<string> = new Set([
  'ini',
  'include',
  'inherit',
  'set',
  'set-placeholder',
  'declare-option',
  'declare-option2',
  'print',
  'iprint',
]);
