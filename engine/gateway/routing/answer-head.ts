/** The head of an answer as lines, while routes change it: status, reason, headers in their order. */
import type { ResponseHead } from '../frames.ts';

export interface AnswerHead {
  status: number;
  reason: string;
  /** `Name: value`, latin-1. */
  lines: string[];
}

export function readHead({ status, block }: ResponseHead): AnswerHead {
  const [reason = '', ...lines] = block.toString('latin1').split('\r\n');
  // The block ends with a line end.
  lines.pop();
  return { status, reason, lines };
}

/** @param parts as ResponseHead's */
export function writeHead({ status, reason, lines }: AnswerHead, parts: number): ResponseHead {
  const length = lines.find((line) => headerName(line) === 'content-length');
  const contentLength = length === undefined ? Number.NaN : Number(length.slice(length.indexOf(':') + 1));
  return {
    status,
    headerCount: lines.length,
    parts,
    contentLength: Number.isSafeInteger(contentLength) ? contentLength : -1,
    block: Buffer.from([reason, ...lines, ''].join('\r\n'), 'latin1'),
  };
}

/** In lower case. */
export function headerName(line: string): string {
  return line.slice(0, line.indexOf(':')).toLowerCase();
}

export function headerValue(line: string): string {
  return line.slice(line.indexOf(':') + 1).trim();
}

/** A value of a route in a header: one that has line ends in it must not make two headers of it. */
export function headerText(text: string): string {
  return text.replace(/[\r\n\0]+/g, ' ');
}
