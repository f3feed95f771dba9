/**
 * Which lines of a log belong together as one stack: what Python, Ruby, Perl, PHP and JavaScript write of an exception,
 * and where a request stood that took too long. A reader is asked line by line; lines of requests, which other workers
 * write in between, are not for it. Pure.
 */

/** How the stacks of a language begin and go on; all lengths are bounded, for any program writes into a log. */
interface StackKind {
  head: RegExp;
  /** What goes on. */
  more: RegExp;
  /** A line that goes on no more and yet belongs to it. */
  last?: RegExp;
  /** The exception's name in one of its lines. */
  name: RegExp;
  /** The exception stands in the last line, not in the first. */
  namedLast?: true;
}

const KINDS: readonly StackKind[] = [
  { head: /^Traceback \(most recent call last\)/, more: /^\s|^$/, last: /./, name: /^[\w.]+/, namedLast: true },
  // Ruby: `config.ru:2:in `price': no price for x (ArgumentError)`.
  {
    head: /^\S{1,300}?:\d{1,7}:(?=.*\([A-Z][\w:]{0,100}\)$)/,
    more: /^\s|^$|^Did you mean\?/,
    name: /\(([A-Z][\w:]{0,100})\)$/,
  },
  { head: /^\[uwsgi-perl error\] /, more: /^\s+\S/, name: /^\[uwsgi-perl error\] (.{1,120}?)(?= at \S+ line \d|\.?$)/ },
  {
    head: /^PHP (?:Fatal|Parse|Recoverable fatal) error: /,
    more: /^Stack trace:|^#\d+ |^ {2}thrown in |^Next /,
    name: /^PHP [\w ]{1,20}: +(?:Uncaught )?([\w\\]+)/,
  },
  // JavaScript: `RangeError: no price for x`, `Error [ERR_MODULE_NOT_FOUND]: …`.
  {
    head: /^(?:Uncaught )?(?:[A-Z]\w{0,60})?(?:Error|Exception)(?: \[\w{1,60}\])?(?::|$)/,
    more: /^\s+(?:at |\[cause\])/,
    name: /^(?:Uncaught )?(\w+)/,
  },
  // Where a request stood that took too long.
  {
    head: /^\*\*\* backtrace of pid \d+ \*\*\*/,
    more: /^\s|^$|^(?:Current t|T)hread /,
    last: /^\*\*\* end of backtrace/,
    name: /^\*{3} (backtrace)/,
  },
  {
    head: /^\*\*\* (?:Perl stack of worker \d+|the request that is given up stands here)/,
    more: /^\s+\S/,
    name: /^\*{3} (?:Perl )?(stack|the request)/,
  },
];

/** More is no stack, but a program that indents its lines. */
const LONGEST = 400;

export type StackPart = 'head' | 'inside' | null;

/** Reads the lines of one log in their order. */
export class StackReader {
  #kind: StackKind | null = null;
  #lines = 0;

  /** What the line is to a stack; lines of requests are to be left out. */
  see(text: string): StackPart {
    const kind = this.#kind;
    if (kind !== null && this.#lines < LONGEST) {
      this.#lines += 1;
      if (kind.more.test(text)) return 'inside';
      this.#kind = null;
      if (kind.last?.test(text) === true) return 'inside';
    }
    this.#kind = kindOf(text);
    this.#lines = 1;
    return this.#kind === null ? null : 'head';
  }
}

/** The last stack of these lines; `end` is behind it. Null: there is none with more than one line. */
export function lastStack(texts: readonly string[]): { start: number; end: number } | null {
  const reader = new StackReader();
  let found: { start: number; end: number } | null = null;
  let start = -1;
  for (const [at, text] of texts.entries()) {
    const part = reader.see(text);
    if (part === 'head') start = at;
    if (part === 'inside') found = { start, end: at + 1 };
  }
  return found;
}

/** True for the line that a stack begins with. */
export function beginsStack(text: string): boolean {
  return kindOf(text) !== null;
}

/** The line of a stack that names the exception. */
export function namingLine(stack: readonly string[]): string | null {
  const kind = kindOf(stack[0] ?? '');
  return (kind?.namedLast === true ? stack.at(-1) : stack[0]) ?? null;
}

/** `ArgumentError`, `decimal.InvalidOperation`; null: it was cut off before it. */
export function exceptionOf(stack: readonly string[]): string | null {
  const kind = kindOf(stack[0] ?? '');
  const found = kind?.name.exec(namingLine(stack) ?? '');
  return found?.[1] ?? found?.[0] ?? null;
}

function kindOf(text: string): StackKind | null {
  return KINDS.find(({ head }) => head.test(text)) ?? null;
}
