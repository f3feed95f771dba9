/**
 * Values in routes: text with `$0` to `$9` (groups of the expression that matched last) and `${NAME}` or
 * `${function[key]}`. As on uWSGI 2.0.21 a `$` before anything else stays as it is and what has no value is empty; what
 * a client sends is never expanded a second time, which uWSGI does.
 */

export type ValuePart =
  | { type: 'text'; text: string }
  | { type: 'group'; group: number }
  | { type: 'variable'; name: string }
  | { type: 'function'; name: ValueFunction; key: ValuePart[] };

export type Value = readonly ValuePart[];

/** `${name[key]}`, and what the key is. */
export const VALUE_FUNCTIONS = [
  'cookie',
  'qs',
  'mime',
  'uwsgi',
  'time',
  'httptime',
  'base64',
  'hex',
  'metric',
] as const;
export type ValueFunction = (typeof VALUE_FUNCTIONS)[number];

/** uWSGI has these with plugins or libraries that it is rarely built with. */
const REFUSED: Record<string, string> = {
  geoip: 'it needs a database of addresses, and there is none',
  math: 'few builds of uWSGI have it; the actions +, -, * and / calculate with variables',
  xattr: 'extended attributes of files can not be read here',
};

export function parseValue(text: string): Value {
  const parts: ValuePart[] = [];
  let literal = '';
  const push = (part: ValuePart): void => {
    if (literal !== '') parts.push({ type: 'text', text: literal });
    literal = '';
    parts.push(part);
  };
  for (let at = 0; at < text.length; at++) {
    const rest = text.slice(at, at + 2);
    if (/^\$\d/.test(rest)) {
      push({ type: 'group', group: Number(rest[1]) });
      at++;
      continue;
    }
    const end = rest === '${' ? text.indexOf('}', at) : -1;
    if (end === -1) {
      literal += text[at];
      continue;
    }
    const inner = text.slice(at + 2, end);
    const call = /^(\w+)\[(.*)\]$/s.exec(inner);
    const name = VALUE_FUNCTIONS.find((known) => known === call?.[1]);
    if (call !== null && name !== undefined) push({ type: 'function', name, key: [...parseValue(call[2] ?? '')] });
    else if (inner.includes('[')) push({ type: 'text', text: '' });
    else push({ type: 'variable', name: inner });
    at = end;
  }
  if (literal !== '') parts.push({ type: 'text', text: literal });
  return parts;
}

/** What is wrong with a value, as the end of a sentence; null: nothing. */
export function checkValue(text: string): string | null {
  for (const [, inner = ''] of text.matchAll(/\$\{([^}]*)\}/g)) {
    const name = /^(\w+)\[/.exec(inner)?.[1];
    if (name === undefined) continue;
    const reason = REFUSED[name];
    if (reason !== undefined) return `uses \${${name}[...]}, which is not supported: ${reason}.`;
    if (!VALUE_FUNCTIONS.some((known) => known === name)) {
      return `uses \${${name}[...]}, which does not exist; there are ${VALUE_FUNCTIONS.join(', ')}.`;
    }
  }
  return null;
}
