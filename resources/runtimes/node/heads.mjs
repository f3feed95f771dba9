/**
 * Heads of answers as the gateway wants them: `{ status, headerCount, contentLength, block }`, the block a latin-1 string
 * of the reason and the header lines, without what speaks about one connection: that is the gateway's.
 */

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** @param headers an iterable of [name, value], whose characters have been checked */
export function headOf(status, reason, headers) {
  let block = `${reason}\r\n`;
  let headerCount = 0;
  let contentLength = -1;
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower)) continue;
    if (lower === 'content-length') {
      // One that is no length, or a second one, would contradict the real one.
      if (contentLength >= 0 || !/^\d{1,15}$/.test(value)) continue;
      contentLength = Number(value);
    }
    block += `${name}: ${value}\r\n`;
    headerCount++;
  }
  return { status, headerCount, contentLength, block };
}

/**
 * From the text that node:http makes: status line, header lines, empty line. Mostly nothing is to be left out, and the
 * block is a part of the text.
 */
export function headOfText(status, text) {
  // What follows `HTTP/1.1 200 `.
  const start = 13;
  let at = text.indexOf('\r\n', start) + 2;
  const end = text.length - 2;
  let headerCount = 0;
  let contentLength = -1;
  while (at < end) {
    const colon = text.indexOf(':', at);
    const size = colon - at;
    const lineEnd = text.indexOf('\r\n', colon);
    // As long as one of those that are looked at.
    if (size === 14 || size === 10 || size === 17 || size === 7 || size === 16 || size === 2) {
      const name = text.slice(at, colon).toLowerCase();
      if (name === 'content-length' && contentLength < 0) {
        const value = text.slice(colon + 1, lineEnd).trim();
        if (!/^\d{1,15}$/.test(value))
          return headOf(status, text.slice(start, text.indexOf('\r\n')), headerLines(text));
        contentLength = Number(value);
      } else if (name === 'content-length' || HOP_BY_HOP.has(name)) {
        return headOf(status, text.slice(start, text.indexOf('\r\n')), headerLines(text));
      }
    }
    headerCount++;
    at = lineEnd + 2;
  }
  return { status, headerCount, contentLength, block: text.slice(start, end) };
}

/** `[name, value]` of each header line. */
export function headerLines(text) {
  const lines = text.split('\r\n').slice(1);
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
}
