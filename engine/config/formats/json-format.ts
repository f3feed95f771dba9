/**
 * JSON as uWSGI 2.0.21 reads it (with comments, as its parser allows): numbers keep their spelling, `true` is 1,
 * `false` and `null` are 0, lists repeat their key, and objects inside the section or inside a list are left out.
 * By hand, because the order of keys, the spelling of numbers and the places of values count.
 */
import {
  badByteFault,
  DEFAULT_SECTION,
  findBadByte,
  type PlacedOption,
  type SectionRead,
  type SyntaxFault,
  untilNul,
} from './config-document.ts';

type JsonValue =
  | { type: 'scalar'; text: string; from: number; to: number }
  | { type: 'list'; items: JsonValue[]; to: number }
  | { type: 'object'; members: { key: string; from: number; value: JsonValue }[]; to: number };

/** Deeper nesting is no configuration. */
const MAX_DEPTH = 100;

export function readJsonSection(source: string, section: string): SectionRead {
  const text = untilNul(source);
  const badByte = findBadByte(text);
  if (badByte !== -1) return { status: 'broken', fault: badByteFault(badByte) };
  const parser = new JsonParser(text);
  let root: JsonValue;
  try {
    root = parser.parse();
  } catch (error) {
    if (error instanceof JsonFault) return { status: 'broken', fault: error.fault };
    throw error;
  }
  const name = section === '' ? DEFAULT_SECTION : section;
  const found = root.type === 'object' ? root.members.find(({ key }) => key === name)?.value : undefined;
  if (found?.type !== 'object') return { status: 'no-section' };
  const options: PlacedOption[] = [];
  for (const { key, from, value } of found.members) {
    const isList = value.type === 'list';
    for (const one of isList ? value.items : [value]) {
      if (one.type !== 'scalar') continue;
      options.push({ key: untilNul(key), value: untilNul(one.text), from: isList ? one.from : from, to: one.to });
    }
  }
  return { status: 'options', options, notice: null };
}

class JsonFault extends Error {
  readonly fault: SyntaxFault;

  constructor(fault: SyntaxFault) {
    super(fault.message);
    this.fault = fault;
  }
}

const WORDS = [
  ['true', '1'],
  ['false', '0'],
  ['null', '0'],
] as const;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class JsonParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): JsonValue {
    const value = this.#readValue(0);
    this.#skipBlanks();
    if (this.#at < this.#text.length) throw this.#fault('something follows the end of the object', 'Remove it.');
    return value;
  }

  #readValue(depth: number): JsonValue {
    this.#skipBlanks();
    if (depth > MAX_DEPTH) throw this.#fault(`objects are nested more than ${MAX_DEPTH} deep`, 'Flatten them.');
    const from = this.#at;
    const char = this.#text[from];
    if (char === '{') return this.#readObject(depth);
    if (char === '[') return this.#readList(depth);
    if (char === '"') return { type: 'scalar', text: this.#readString(), from, to: this.#at };
    const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    number.lastIndex = from;
    const spelling = number.exec(this.#text)?.[0];
    if (spelling !== undefined) {
      this.#at += spelling.length;
      return { type: 'scalar', text: spelling, from, to: this.#at };
    }
    for (const [word, text] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return { type: 'scalar', text, from, to: this.#at };
    }
    if (char === undefined) throw this.#fault('the file ends too early', 'Close the objects, lists and quotes in it.');
    throw this.#fault(`${JSON.stringify(char)} is no value`, 'Put texts into double quotes.');
  }

  #readObject(depth: number): JsonValue {
    const members: { key: string; from: number; value: JsonValue }[] = [];
    this.#at++;
    this.#skipBlanks();
    while (this.#text[this.#at] !== '}') {
      if (members.length > 0) this.#expect(',', 'Separate the pairs with commas.');
      this.#skipBlanks();
      const from = this.#at;
      if (this.#text[from] !== '"') {
        throw this.#fault('a key in double quotes is expected', 'No comma may follow the last pair.');
      }
      const key = this.#readString();
      this.#skipBlanks();
      this.#expect(':', 'Write "key": value.');
      members.push({ key, from, value: this.#readValue(depth + 1) });
      this.#skipBlanks();
    }
    this.#at++;
    return { type: 'object', members, to: this.#at };
  }

  #readList(depth: number): JsonValue {
    const items: JsonValue[] = [];
    this.#at++;
    this.#skipBlanks();
    while (this.#text[this.#at] !== ']') {
      if (items.length > 0) this.#expect(',', 'Separate the values with commas.');
      items.push(this.#readValue(depth + 1));
      this.#skipBlanks();
    }
    this.#at++;
    return { type: 'list', items, to: this.#at };
  }

  #readString(): string {
    let text = '';
    for (this.#at++; ; this.#at++) {
      const char = this.#text[this.#at];
      if (char === undefined) throw this.#fault('a quote is missing', 'Close the text with a double quote.');
      if (char === '"') break;
      if (char < ' ')
        throw this.#fault('a text goes over the end of its line', 'Write \\n for a new line, \\t for a tab.');
      text += char === '\\' ? this.#readEscape() : char;
    }
    this.#at++;
    return text;
  }

  /** Stands on the backslash, and on the last character of the escape afterwards. */
  #readEscape(): string {
    const letter = this.#text[this.#at + 1] ?? '';
    const plain = ESCAPES[letter];
    if (plain !== undefined) {
      this.#at++;
      return plain;
    }
    const hex = letter === 'u' ? /^[\da-fA-F]{4}/.exec(this.#text.slice(this.#at + 2, this.#at + 6))?.[0] : undefined;
    if (hex === undefined) {
      throw this.#fault(`\\${letter} is no escape of JSON`, 'Write \\\\ for a backslash.');
    }
    this.#at += 5;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  #expect(char: string, hint: string): void {
    if (this.#text[this.#at] !== char) throw this.#fault(`'${char}' is expected`, hint);
    this.#at++;
  }

  /** Blanks, and comments as in C; one without its end goes to the end of the file. */
  #skipBlanks(): void {
    const blanks = /(?:[ \t\r\n\v\f]|\/\*[^]*?(?:\*\/|$)|\/\/[^\n]*(?:\n|$))*/y;
    blanks.lastIndex = this.#at;
    this.#at += blanks.exec(this.#text)?.[0].length ?? 0;
  }

  #fault(message: string, hint: string): JsonFault {
    return new JsonFault({ at: this.#at, message, hint });
  }
}
