/** Files that are given as INI files and are none: which kind they look like, and what to do. Pure. */

/** Not an INI file at all: says which other kind it looks like; null when it may be one. */
export function findForeignFormat(text: string): string | null {
  if (isBinary(text)) return 'This is a binary file, not an INI file. Choose the text file that begins with [uwsgi].';
  const start = text.trimStart();
  const format = start.startsWith('{')
    ? 'JSON'
    : /^<(\?xml|!|[a-z])/i.test(start)
      ? 'XML'
      : /^(---\s*\n)?(\s*#.*\n)*uwsgi:\s*(\n|$)/.test(start)
        ? 'YAML'
        : null;
  return format === null
    ? null
    : `This is ${format}, not an INI file. Write 'name = value' lines below a line [uwsgi].`;
}

/** Control characters that no text file has, near its beginning. */
export function isBinary(text: string): boolean {
  for (let i = 0; i < Math.min(text.length, 4096); i++) {
    const code = text.charCodeAt(i);
    if (code < 32 && !(code >= 9 && code <= 13) && code !== 27) return true;
  }
  return false;
}
