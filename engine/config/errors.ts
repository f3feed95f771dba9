/**
 * Errors of a configuration: what is wrong, where it was written and what to do about it. Codes are stable; the text is
 * for people. Operator errors: they carry no stack and end the start with exit code 78 (engine/run-engine.ts does that).
 */
import type { FormatName } from './formats/config-document.ts';
import type { Origin } from './settings.ts';

export const CONFIG_ERROR_CODES = [
  'usage',
  'file-not-read',
  'format-not-supported',
  'not-ini',
  'syntax',
  'no-section',
  'forbidden',
  'logic',
  'bad-value',
  'unknown-option',
  'not-supported',
  'placeholder-loop',
  'placeholder-conflict',
  'no-listener',
] as const;
export type ConfigErrorCode = (typeof CONFIG_ERROR_CODES)[number];

export interface ConfigError {
  code: ConfigErrorCode;
  /** One sentence: what is wrong. */
  message: string;
  origin: Origin;
  /** The option it is about; null when it is about none. */
  option: string | null;
  /** One sentence: the next step. */
  hint: string | null;
  /** Not an error of the file: the reader for this format was not loaded (ConfigHost.readers). */
  reader?: FormatName;
  /** The line that uWSGI logs before it ends for the same reason; absent where it has none of its own. */
  asUwsgi?: string;
}

/** Thrown inside this folder to stop reading; `resolveConfig` turns it into a result. */
export class ConfigFailure extends Error {
  readonly error: ConfigError;

  constructor(error: ConfigError) {
    super(error.message);
    this.name = 'ConfigFailure';
    this.error = error;
  }
}

/** `shop.ini:12`, `command line`, `environment`. */
export function formatOrigin(origin: Origin): string {
  return origin.line > 0 ? `${origin.file}:${origin.line}` : origin.file;
}

/** One line for the terminal: `shop.ini:12: message hint`. */
export function formatConfigError(error: ConfigError): string {
  return `${formatOrigin(error.origin)}: ${error.message}${error.hint === null ? '' : ` ${error.hint}`}`;
}
