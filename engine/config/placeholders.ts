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
    const first = text.indexOf(open, from);
    if (first === -1) return text;
    const close = text.indexOf(')', first + 2);
    if (close === -1) return text;
    // A second opening before the end begins the name anew.
    const at = text.lastIndexOf(open, close);
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
  const names: string[] = [];
  for (const match of value.matchAll(/%\(([^)]*)\)/g)) {
    const inner = match[1] ?? '';
    names.push(inner, ...inner.split(' ').filter((word) => word !== '' && !/^(\+\+?|--?|\*|\/|\d+)$/.test(word)));
  }
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
