/**
 * The three passes over the values of a configuration: `$(ENV)`, then `@(file)`, then `%(placeholder)`, and the little
 * language inside a placeholder. Observed on uWSGI 2.0.21: after a replacement the scan goes on at the second
 * character of the value, an unknown name stays as it is, and `%(a b)`, `%(n + 1)`, `%(n ++)` work from left to right.
 */

/** A replacement that makes itself grow again ends here instead of never. */
const MAX_REPLACEMENTS = 1000;
const MAX_LENGTH = 1_000_000;

/** The value, with each `symbol(name)` that `lookup` knows replaced; null when it grows without end. */
export function expandValue(value: string, symbol: string, lookup: (name: string) => string | null): string | null {
  const open = `${symbol}(`;
  let text = value;
  let from = 0;
  for (let count = 0; ; ) {
    const span = nextSpan(text, open, from);
    if (span === null) return text;
    const { at, close } = span;
    const name = text.slice(at + 2, close);
    const found = name === '' ? null : lookup(name);
    if (found === null) {
      from = close + 1;
      continue;
    }
    if (++count > MAX_REPLACEMENTS || text.length + found.length > MAX_LENGTH) return null;
    text = text.slice(0, at) + found + text.slice(close + 1);
    from = 1;
  }
}

/** Where each `symbol(name)` of a text stands, from the symbol to behind its parenthesis, without what it would come to. */
export function findSpans(text: string, symbol: string): { from: number; to: number; name: string }[] {
  const spans: { from: number; to: number; name: string }[] = [];
  for (let from = 0; ; ) {
    const span = nextSpan(text, `${symbol}(`, from);
    if (span === null) return spans;
    spans.push({ from: span.at, to: span.close + 1, name: text.slice(span.at + 2, span.close) });
    from = span.close + 1;
  }
}

/** The next opening with its end: parentheses in between come in pairs, and a second opening begins the name anew. */
function nextSpan(text: string, open: string, from: number): { at: number; close: number } | null {
  let at = text.indexOf(open, from);
  if (at === -1) return null;
  let depth = 0;
  for (let index = at + open.length; index < text.length; index++) {
    if (text.startsWith(open, index)) {
      at = index++;
      depth = 0;
    } else if (text[index] === '(') {
      depth++;
    } else if (text[index] === ')' && depth-- === 0) {
      return { at, close: index };
    }
  }
  return null;
}

/** Value of what stands between `%(` and `)`. `valueOf` gives an option's value; null: no such option. */
export function evaluatePlaceholder(name: string, valueOf: (key: string) => string | null): string | null {
  const whole = valueOf(name);
  if (whole !== null || !name.includes(' ')) return whole;
  const words = name.split(' ').filter((word) => word !== '');
  if (words.length === 0) return null;
  let result: string | null = null;
  let operator = '';
  for (const word of words) {
    if (word === '++' || word === '--') {
      if (result !== null) result = String(toInteger(result) + (word === '++' ? 1n : -1n));
      operator = '';
    } else if (word === '+' || word === '-' || word === '*' || word === '/') {
      operator = word;
    } else {
      const operand = valueOf(word) ?? (/^\d+$/.test(word) ? word : '');
      const left: string = result ?? '';
      result = operator === '' ? left + operand : calculate(toInteger(left), operator, toInteger(operand));
      operator = '';
    }
  }
  return result;
}

/** Names mentioned in the placeholders of a value, operators and numbers left out. */
export function placeholderNames(value: string): string[] {
  if (!value.includes('%(')) return [];
  const names = findSpans(value, '%').flatMap(({ name }) => {
    const words = name.split(' ').filter((word) => word !== '' && !/^(\+\+?|--?|\*|\/|\d+)$/.test(word));
    return [name, ...words];
  });
  return [...new Set(names)];
}

function calculate(left: bigint, operator: string, right: bigint): string {
  switch (operator) {
    case '+':
      return String(left + right);
    case '-':
      return String(left - right);
    case '*':
      return String(left * right);
    default:
      return right === 0n ? '0' : String(left / right);
  }
}

/** Leading digits, with a sign; 0 when there are none. */
function toInteger(text: string): bigint {
  const digits = /^\s*([+-]?)(\d+)/.exec(text);
  if (digits === null) return 0n;
  const value = BigInt(digits[2] ?? '0');
  return digits[1] === '-' ? -value : value;
}
