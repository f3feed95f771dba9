/**
 * `log-encoder` and `log-req-encoder`: what becomes of a line on its way to a logger. Lines are latin-1 strings of
 * bytes with their line end, as in the request log; the texts of the configuration are made such strings once.
 * `format` and `json` know ${msg}, ${msgnl} (with the line end), ${unix}, ${micros}, ${millis} and ${strftime:FORMAT}.
 */

import { bytesOf } from '../byte-text.ts';
import type { LogEncoderSetting } from '../config/log-settings.ts';
import { strftime } from '../config/strftime.ts';

export type LineEncoder = (line: string, nowMs: number) => string;

/** The steps for one logger, those for all loggers and its own, in the order of the configuration. */
export function compileEncoders(settings: readonly LogEncoderSetting[], logger: string | null): LineEncoder {
  const steps = settings.filter((setting) => setting.logger === null || setting.logger === logger).map(compileEncoder);
  return (line, nowMs) => steps.reduce((text, step) => step(text, nowMs), line);
}

function compileEncoder({ type, argument }: LogEncoderSetting): LineEncoder {
  const text = bytesOf(argument);
  switch (type) {
    case 'prefix':
      return (line) => text + line;
    case 'suffix':
      return (line) => line + text;
    case 'nl':
      return (line) => `${line}\n`;
    case 'format':
      return compileTemplate(text, (message) => message);
    case 'json':
      return compileTemplate(text, escapeJson);
  }
}

function compileTemplate(template: string, escape: (message: string) => string): LineEncoder {
  const parts = template.split(/\$\{([^}]*)\}/).map((part, i) => (i % 2 === 0 ? part : variable(part, escape)));
  return (line, nowMs) => {
    let text = '';
    for (const part of parts) text += typeof part === 'string' ? part : part(line, nowMs);
    return text;
  };
}

/** A variable that does not exist is empty, as in uWSGI. */
function variable(name: string, escape: (message: string) => string): LineEncoder {
  if (name.startsWith('strftime:')) {
    const format = name.slice('strftime:'.length);
    return (_line, nowMs) => strftime(format, new Date(nowMs));
  }
  switch (name) {
    case 'msg':
      return (line) => escape(line.endsWith('\n') ? line.slice(0, -1) : line);
    case 'msgnl':
      return (line) => escape(line);
    case 'unix':
      return (_line, nowMs) => String(Math.floor(nowMs / 1000));
    case 'millis':
      return (_line, nowMs) => String(Math.floor(nowMs));
    case 'micros':
      return (_line, nowMs) => String(Math.floor(nowMs * 1000));
    default:
      return () => '';
  }
}

/** The inside of a JSON string. Bytes that are not UTF-8 become the characters of latin-1, so that it stays JSON. */
function escapeJson(message: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (!/["\\\x00-\x1f\x7f-\xff]/.test(message)) return message;
  const text = Buffer.from(message, 'latin1').toString('utf8');
  const isText = !text.includes('\ufffd');
  return bytesOf(JSON.stringify(isText ? text : message).slice(1, -1));
}
