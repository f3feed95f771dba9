/**
 * Regular expressions of routes: what PCRE writes otherwise than JavaScript is translated, what JavaScript can not do is
 * refused in words. V8 goes over to an engine of linear time after many steps back (engine/bounded-expressions.ts), but
 * not where an expression looks around or refers back: such ones are refused when repetitions are nested in them, and
 * otherwise see texts up to a length that bounds their work.
 */

export type Expression =
  | { ok: true; pattern: RegExp /** Longer texts are not given to it. */; longestText: number }
  | { ok: false; message: string };

const CLASSES: Record<string, string> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
  cntrl: '\\x00-\\x1f\\x7f',
  print: ' -~',
  graph: '!-~',
};

/** Two repetitions one after the other: this many characters squared is a moment. */
const SQUARED_TEXT = 4096;
const CUBED_TEXT = 256;

const REFUSED: readonly [form: RegExp, name: string][] = [
  [/\(\?>/, "an atomic group '(?>'"],
  [/[*+?}]\+/, "a possessive repetition like '++'"],
  [/\(\?(?:R|\d+|&|P>)/, 'a recursion'],
  [/\(\?\(/, "a condition '(?('"],
  [/\(\?\|/, "a branch reset '(?|'"],
  [/\(\*/, "a verb '(*'"],
  [/\\[QEGKRX]/, 'one of \\Q, \\E, \\G, \\K, \\R, \\X'],
];

/** Compiles an expression of a route. Text is latin-1, a byte a character. */
export function compileExpression(text: string): Expression {
  const plain = text.replace(/\\[^QEGKRX]/gs, 'x').replace(/\[\^?\]?[^\]]*\]/g, 'x');
  const refused = REFUSED.find(([form]) => form.test(plain));
  if (refused !== undefined)
    return { ok: false, message: `has ${refused[1]}, which JavaScript's expressions do not have.` };
  const flags = /^\(\?([imsx]+)\)/.exec(text);
  if (flags?.[1]?.includes('x') === true) return { ok: false, message: "has '(?x)', which JavaScript does not have." };
  let pattern: RegExp;
  try {
    // A dot is any character: what a client puts into a path to slip past a rule must not do so.
    const letters = [...new Set(`s${flags?.[1] ?? ''}`)].join('');
    pattern = new RegExp(translate(text.slice(flags?.[0].length ?? 0)), letters);
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^Invalid regular expression: (.*): (.*)$/s, '$2') : '';
    return { ok: false, message: `is no regular expression (${reason}).` };
  }
  if (!/\(\?<?[=!]/.test(plain) && !/\\[1-9k]/.test(text)) return { ok: true, pattern, longestText: Infinity };
  const unbounded = (plain.match(/[*+]|\{\d+,\}/g) ?? []).length;
  if (isNested(plain)) {
    return {
      ok: false,
      message:
        'looks around or refers back and repeats what is repeated, like (a+)+: it could take forever. Write it without one of both.',
    };
  }
  return {
    ok: true,
    pattern,
    longestText: unbounded < 2 ? Infinity : unbounded === 2 ? SQUARED_TEXT : CUBED_TEXT,
  };
}

function translate(text: string): string {
  return text
    .replace(/\(\?#[^)]*\)/g, '')
    .replace(/\(\?P</g, '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/\[:(\^?)(\w+):\]/g, (whole, not: string, name: string) => (not === '' ? (CLASSES[name] ?? whole) : whole))
    .replace(/\\(.)/gs, (whole, letter: string) => {
      if (letter === 'A') return '^';
      if (letter === 'z' || letter === 'Z') return '$';
      if (letter === 'h') return '[ \\t]';
      if (letter === 'e') return '\\x1b';
      if (letter === 'a') return '\\x07';
      return whole;
    });
}

/** Is a group repeated that has a repetition in it? `plain` has no escapes and no classes. */
function isNested(plain: string): boolean {
  const repeats: boolean[] = [];
  for (let at = 0; at < plain.length; at++) {
    const letter = plain[at];
    if (letter === '(') repeats.push(false);
    else if (letter === ')') {
      const inner = repeats.pop() ?? false;
      const isRepeated = /^(?:[*+]|\{\d+,)/.test(plain.slice(at + 1, at + 8));
      if (inner && isRepeated) return true;
      if ((inner || isRepeated) && repeats.length > 0) repeats[repeats.length - 1] = true;
    } else if ((letter === '*' || letter === '+' || /^\{\d+,\}/.test(plain.slice(at, at + 8))) && repeats.length > 0) {
      repeats[repeats.length - 1] = true;
    }
  }
  return false;
}
