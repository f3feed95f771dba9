/**
 * The answer that a file makes to a request: whole, a part, several parts, or nothing new (RFC 9110 sections 13 and 14).
 * Pure: what is known of the file and the request goes in, the head and the parts of the body come out.
 */
import { type BodyPart, chooseRanges, multipart } from './byte-ranges.ts';
import type { FoundFile } from './file-store.ts';
import type { ResponseHead } from './frames.ts';
import { httpDate, rangeApplies, unmetCondition, type Variables } from './preconditions.ts';

/** What is said about a file beside what it is. */
export interface FileFacts {
  contentType: string | null;
  /** Header lines, each with its end: Expires, say. */
  headers: string;
  honoursRanges: boolean;
}

export interface FileAnswer {
  head: ResponseHead;
  /** Empty: there is no body. */
  parts: BodyPart[];
}

const REASONS = {
  200: 'OK',
  206: 'Partial Content',
  304: 'Not Modified',
  412: 'Precondition Failed',
  416: 'Range Not Satisfiable',
} as const;

/** @param variables of the request; null: it has no conditions and wants the whole file */
export function answerWithFile(file: FoundFile, facts: FileFacts, variables: Variables | null): FileAnswer {
  const { size } = file;
  const whole: BodyPart[] = size === 0 ? [] : [{ start: 0, end: size }];
  const unmet = variables === null ? null : unmetCondition(variables, file);
  if (unmet === 304) return { head: headOf(304, 0, validators(file) + facts.headers), parts: [] };
  if (unmet === 412) return { head: headOf(412, 0, 'Content-Length: 0\r\n'), parts: [] };
  const common = validators(file) + facts.headers;
  const range = variables?.get('HTTP_RANGE');
  // A range is a part of GET's answer only.
  if (range !== undefined && facts.honoursRanges && variables?.get('REQUEST_METHOD') === 'GET') {
    const choice = rangeApplies(variables, file) ? chooseRanges(range, size) : { type: 'whole' as const };
    if (choice.type === 'none') {
      const block = `Content-Range: bytes */${size}\r\nContent-Length: 0\r\n`;
      return { head: headOf(416, 0, block), parts: [] };
    }
    if (choice.type === 'parts') {
      const [first, second] = choice.ranges;
      if (first !== undefined && second === undefined) {
        const place = `Content-Range: bytes ${first.start}-${first.end - 1}/${size}\r\n`;
        const length = first.end - first.start;
        const head = headOf(206, length, typeLine(facts.contentType) + lengthLine(length) + place + common);
        return { head, parts: [first] };
      }
      const { contentType, parts, bytes } = multipart(choice.ranges, size, facts.contentType);
      return { head: headOf(206, bytes, typeLine(contentType) + lengthLine(bytes) + common), parts };
    }
  }
  const offer = facts.honoursRanges ? 'Accept-Ranges: bytes\r\n' : '';
  return { head: headOf(200, size, typeLine(facts.contentType) + lengthLine(size) + common + offer), parts: whole };
}

/** Does the request ask for anything but the whole file? */
export function isPlain(variables: Variables): boolean {
  return !CONDITIONS.some((name) => variables.has(name));
}

const CONDITIONS = [
  'HTTP_IF_NONE_MATCH',
  'HTTP_IF_MODIFIED_SINCE',
  'HTTP_RANGE',
  'HTTP_IF_MATCH',
  'HTTP_IF_UNMODIFIED_SINCE',
];

function validators({ modifiedSeconds, etag }: FoundFile): string {
  return `Last-Modified: ${httpDate(modifiedSeconds)}\r\nETag: ${etag}\r\n`;
}

function typeLine(type: string | null): string {
  return type === null ? '' : `Content-Type: ${type}\r\n`;
}

function lengthLine(bytes: number): string {
  return `Content-Length: ${bytes}\r\n`;
}

/** @param headers lines, each with its end */
export function headOf(status: keyof typeof REASONS, contentLength: number, headers: string): ResponseHead {
  const block = Buffer.from(`${REASONS[status]}\r\n${headers}`, 'latin1');
  return { status, headerCount: headers.split('\r\n').length - 1, parts: 0, contentLength, block };
}
