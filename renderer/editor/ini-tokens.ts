/**
 * The coloured parts of one line, by the rules that uWSGI reads it with: engine/config says what is key, value and
 * reference, the option table what kind a name and its value are. Pure; highlighting.ts draws them.
 */
import type { IniLine, OptionLine } from '../../engine/config/ini-document.ts';
import { findOption, type OptionInfo } from '../../engine/config/option-table.ts';
import { findSpans } from '../../engine/config/placeholders.ts';
import { MAGIC_WORDS } from './magic-words.ts';

export type TokenKind =
  | 'section'
  | 'comment'
  /** A name: of an option, of the logic, declared here, only a placeholder, or not known. */
  | 'option'
  | 'logic'
  | 'declared'
  | 'custom'
  | 'unknown'
  | 'equals'
  | 'number'
  | 'flag'
  | 'path'
  | 'address'
  | 'text'
  /** `%(name)`, `$(NAME)`, `@(file)`, `%d`, and a per cent sign that vanishes with the letter behind it. */
  | 'placeholder'
  | 'environment'
  | 'content'
  | 'magic'
  | 'lost';

export interface Token {
  from: number;
  to: number;
  kind: TokenKind;
}

/** What the rest of the text says about names. */
export interface NameFacts {
  isDeclared(name: string): boolean;
  /** It gets a value here, or is used as a placeholder. */
  isCustom(name: string): boolean;
}

export interface ReferenceSpan extends Token {
  kind: 'placeholder' | 'environment' | 'content' | 'magic' | 'lost';
  /** What stands between the parentheses, or the letter. */
  name: string;
}

const NUMBERS: ReadonlySet<OptionInfo['kind']> = new Set(['int', 'mb', 'bytes', 'seconds', 'mode']);
const TRUTH = /^(?:true|false|yes|no|on|off|0|1)$/i;

/** In order, without gaps that matter: what has no token is blank. */
export function lineTokens(line: IniLine, facts: NameFacts): Token[] {
  switch (line.type) {
    case 'blank':
      return [];
    case 'comment':
      return [{ from: 0, to: line.text.length, kind: 'comment' }];
    case 'section':
      return [{ from: line.nameFrom - 1, to: Math.min(line.nameTo + 1, line.text.length), kind: 'section' }];
    case 'option': {
      const option = findOption(line.key);
      const tokens = around(line.text, line.keyFrom, line.keyTo, nameKind(line.key, option, facts));
      if (line.equalsAt === -1) return tokens;
      tokens.push({ from: line.equalsAt, to: line.equalsAt + 1, kind: 'equals' });
      return [...tokens, ...valueTokens(line, option)];
    }
  }
}

function nameKind(name: string, option: OptionInfo | null, facts: NameFacts): TokenKind {
  if (option !== null) return option.kind === 'logic' ? 'logic' : 'option';
  if (facts.isDeclared(name)) return 'declared';
  return facts.isCustom(name) ? 'custom' : 'unknown';
}

function valueTokens(line: OptionLine, option: OptionInfo | null): Token[] {
  const { value, valueFrom, valueTo, text } = line;
  if (value === '') return [];
  if (option?.kind === 'flag') return around(text, valueFrom, valueTo, TRUTH.test(value) ? 'flag' : 'text');
  if (option !== null && NUMBERS.has(option.kind)) {
    // The leading digits are what uWSGI takes.
    const digits = /^-?\d+/.exec(value)?.[0].length ?? 0;
    return [
      ...around(text, valueFrom, valueFrom + digits, 'number'),
      ...around(text, valueFrom + digits, valueTo, 'text'),
    ];
  }
  if (/^-?\d+$/.test(value)) return around(text, valueFrom, valueTo, 'number');
  if (option === null && TRUTH.test(value)) return around(text, valueFrom, valueTo, 'flag');
  const kind = option?.kind === 'address' ? 'address' : option?.kind === 'path' ? 'path' : 'text';
  return around(text, valueFrom, valueTo, kind);
}

/** A stretch of a line with the references in it as tokens of their own. */
function around(text: string, from: number, to: number, kind: TokenKind): Token[] {
  const tokens: Token[] = [];
  let at = from;
  for (const span of referencesIn(text.slice(from, to))) {
    if (from + span.from > at) tokens.push({ from: at, to: from + span.from, kind });
    tokens.push({ from: from + span.from, to: from + span.to, kind: span.kind });
    at = from + span.to;
  }
  if (to > at) tokens.push({ from: at, to, kind });
  return tokens;
}

/** Every reference of a stretch, outermost only, in order. */
export function referencesIn(text: string): ReferenceSpan[] {
  if (!/[%$@]/.test(text)) return [];
  const spans: ReferenceSpan[] = [
    ...spansOf(text, '%', 'placeholder'),
    ...spansOf(text, '$', 'environment'),
    ...spansOf(text, '@', 'content'),
    ...magicIn(text),
  ].sort((a, b) => a.from - b.from || b.to - a.to);
  const outer: ReferenceSpan[] = [];
  for (const span of spans) if (span.from >= (outer.at(-1)?.to ?? 0)) outer.push(span);
  return outer;
}

function spansOf(text: string, symbol: string, kind: ReferenceSpan['kind']): ReferenceSpan[] {
  return findSpans(text, symbol).map(({ from, to, name }) => ({ from, to, name, kind }));
}

function magicIn(text: string): ReferenceSpan[] {
  const spans: ReferenceSpan[] = [];
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', at)) {
    const letter = text[at + 1] ?? '';
    const to = at + 1 + letter.length;
    if (letter !== '(') {
      const kind = letter === '%' || MAGIC_WORDS.has(letter) ? 'magic' : 'lost';
      spans.push({ from: at, to, kind, name: letter });
    }
    at = to;
  }
  return spans;
}
