/**
 * Parts of a file that a client asks for (RFC 9110 section 14): which bytes they are, and how several of them are put in
 * one answer. What is no range at all is refused as nginx does; more than the file altogether gets the whole file.
 */

/** From `start` up to, and without, `end`. */
export interface ByteRange {
  start: number;
  end: number;
}

/** `whole`: the file as it is; `none`: nothing that was asked for is there (416). */
export type RangeChoice = { type: 'whole' } | { type: 'none' } | { type: 'parts'; ranges: ByteRange[] };

const WHOLE: RangeChoice = { type: 'whole' };
const NONE: RangeChoice = { type: 'none' };
/** More are not worth the answer: the client gets the whole file. */
const MAX_RANGES = 64;

/** @param header the value of Range */
export function chooseRanges(header: string, size: number): RangeChoice {
  if (!/^bytes=/i.test(header)) return WHOLE;
  const ranges: ByteRange[] = [];
  let total = 0;
  for (const spec of header.slice(6).split(',')) {
    // Trimmed first: an expression with blanks at both ends of nothing takes the square of a long line of them.
    const [, first = '', last = ''] = /^(\d*)\s*-\s*(\d*)$/.exec(spec.trim()) ?? [];
    if (first === '' && last === '') return NONE;
    const range = rangeOf(first, last, size);
    if (range.start < range.end) {
      ranges.push(range);
      total += range.end - range.start;
      if (ranges.length > MAX_RANGES) return WHOLE;
    } else if (range.start === 0) {
      // Only an empty file begins where it ends.
      return WHOLE;
    }
  }
  if (ranges.length === 0) return NONE;
  return total > size ? WHOLE : { type: 'parts', ranges };
}

/** Numbers beyond what a file can have are no error: no file is as long. */
function rangeOf(first: string, last: string, size: number): ByteRange {
  if (first === '') return { start: Math.max(0, size - Number(last)), end: size };
  return { start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) };
}

/** A piece of an answer's body: bytes of its own, or a part of the file. */
export type BodyPart = Buffer | ByteRange;

let boundaries = 0;

/** Several ranges in one answer (RFC 9110 section 14.6), laid out as nginx does. */
export function multipart(
  ranges: readonly ByteRange[],
  size: number,
  contentType: string | null,
): { contentType: string; parts: BodyPart[]; bytes: number } {
  const boundary = String((boundaries = (boundaries + 1) % 1e9)).padStart(20, '0');
  const parts: BodyPart[] = [];
  const type = contentType === null ? '' : `Content-Type: ${contentType}\r\n`;
  let bytes = 0;
  for (const { start, end } of ranges) {
    const head = Buffer.from(
      `\r\n--${boundary}\r\n${type}Content-Range: bytes ${start}-${end - 1}/${size}\r\n\r\n`,
      'latin1',
    );
    parts.push(head, { start, end });
    bytes += head.length + end - start;
  }
  const last = Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1');
  parts.push(last);
  return { contentType: `multipart/byteranges; boundary=${boundary}`, parts, bytes: bytes + last.length };
}
