/**
 * YAML as uWSGI 2.0.21 reads it, observed from outside: it looks at the tokens of the file in order and builds no
 * tree, so all that counts is which key, value and end of a block came last. Nested maps are flattened, keys without
 * a value vanish, lists repeat their key, and an anchor or a tag before a value ends the reading of the file.
 * The section is the block below the first key of its name, at any depth; what follows that block is never looked at.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
  type YAMLParseError,
  type YAMLSeq,
} from 'yaml';
import {
  badByteFault,
  DEFAULT_SECTION,
  findBadByte,
  type PlacedOption,
  type SectionRead,
  type SyntaxFault,
  untilNul,
} from './config-document.ts';

/** Complaints of the parser about what a reader of tokens never sees. */
const NO_SYNTAX: ReadonlySet<string> = new Set(['TAG_RESOLVE_FAILED', 'DUPLICATE_KEY', 'MULTIPLE_DOCS']);

function isSyntax({ code, message }: YAMLParseError): boolean {
  return !NO_SYNTAX.has(code) && !(code === 'BAD_ALIAS' && message.startsWith('Unresolved'));
}

export function readYamlSection(source: string, section: string): SectionRead {
  const character = badCharacter(source);
  if (character !== null) return { status: 'broken', fault: character };
  // A carriage return alone ends a line, too.
  const text = source.replaceAll(/\r(?!\n)/g, '\n');
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    version: '1.1',
    uniqueKeys: false,
    keepSourceTokens: true,
    stringKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const list: readonly Document.Parsed[] = Array.isArray(documents) ? documents : [];
  const reader = new TokenReader(text, section === '' ? DEFAULT_SECTION : section);
  for (const document of list) {
    if (reader.stoppedAt !== null) break;
    reader.readDocument(document.contents);
  }
  const fault = firstFault(list);
  // uWSGI stops at the end of the section: what is wrong behind it is never seen.
  const isSeen = fault !== null && (reader.stoppedAt === null || isBefore(text, fault.at, reader.stoppedAt));
  if (isSeen) return { status: 'broken', fault };
  return { status: 'options', options: reader.options, notice: reader.notice };
}

/**
 * A block ends at the beginning of a line, or where something in its last line made no sense; at the end of the file
 * with what was never closed in it.
 */
function isBefore(text: string, fault: number, stop: number): boolean {
  if (fault === stop && fault === text.length) return true;
  return fault < stop || (fault === stop && text.slice(text.lastIndexOf('\n', fault - 1) + 1, fault).trim() !== '');
}

/** Characters are looked at before anything else, those behind the section too. */
function badCharacter(text: string): SyntaxFault | null {
  const badByte = findBadByte(text);
  // oxlint-disable-next-line no-control-regex -- the characters that YAML forbids
  const control = text.search(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/);
  if (badByte !== -1 && (control === -1 || badByte < control)) return badByteFault(badByte);
  return control === -1 ? null : { at: control, message: 'control characters are not allowed', hint: 'Remove it.' };
}

function firstFault(documents: readonly Document.Parsed[]): SyntaxFault | null {
  const errors = documents.flatMap((document) => document.errors).filter(isSyntax);
  const faults = errors.map(toFault);
  return faults.reduce<SyntaxFault | null>((first, one) => (first === null || one.at < first.at ? one : first), null);
}

function toFault(error: YAMLParseError): SyntaxFault {
  if (error.code === 'RESOURCE_EXHAUSTION') {
    return {
      at: error.pos[0],
      message: 'values are nested too deep',
      hint: 'Options need one level below the section.',
    };
  }
  const message = error.message.replace(/\.$/, '');
  const hint =
    error.code === 'TAB_AS_INDENT'
      ? 'Indent with blanks.'
      : 'Check the indentation, and put values with special characters into quotes.';
  return { at: error.pos[0], message: message.charAt(0).toLowerCase() + message.slice(1), hint };
}

/** What a scalar means depends on the last token before it. */
type Expecting = 'key' | 'value' | 'nothing';

/** Walks a document in the order of its tokens and keeps what uWSGI keeps. */
class TokenReader {
  readonly options: PlacedOption[] = [];
  notice: string | null = null;
  /** Where the reading ended; null: not yet. */
  stoppedAt: number | null = null;
  readonly #text: string;
  readonly #section: string;
  /** Blocks that are open inside the section, itself included; 0: outside. */
  #depth = 0;
  #expecting: Expecting = 'nothing';
  #key: { name: string; from: number } | null = null;
  /** Several values may come for the key. */
  #inList = false;

  constructor(text: string, section: string) {
    this.#text = text;
    this.#section = section;
  }

  readDocument(contents: Node | null): void {
    this.#expecting = 'nothing';
    this.#readNode(contents, -1);
  }

  /** `indent`: of the map that the node is a value of. */
  #readNode(node: unknown, indent: number): void {
    if (this.stoppedAt !== null) return;
    // An anchor, a tag or an alias comes between what was expected and what follows.
    if (isAlias(node) || (isNode(node) && (node.anchor !== undefined || node.tag !== undefined))) {
      this.#expecting = 'nothing';
    }
    if (isScalar(node)) this.#readScalar(node);
    else if (isMap(node)) this.#readMap(node);
    else if (isSeq(node)) this.#readList(node, indent);
  }

  #readScalar(scalar: Scalar): void {
    if (isEmptyScalar(scalar)) return;
    const [from = 0, to = 0] = scalar.range ?? [];
    const text = untilNul(String(scalar.value));
    if (this.#expecting === 'nothing') {
      this.notice = `unsupported YAML token 21 in ${this.#section} block`;
      this.stoppedAt = to;
    } else if (this.#expecting === 'key') {
      this.#key = { name: text, from };
    } else if (this.#depth > 0 && this.#key !== null) {
      this.options.push({ key: this.#key.name, value: text, from: this.#inList ? from : this.#key.from, to });
      if (!this.#inList) this.#key = null;
    }
    this.#expecting = 'nothing';
  }

  #readMap(map: YAMLMap): void {
    const [from = 0, to = 0] = map.range ?? [];
    const isBlock = map.flow !== true;
    // `[a: 1]` is no map to a reader of tokens.
    const isBraced = !isBlock && this.#text[from] === '{';
    if (isBlock) this.#openBlock(this.#key?.name === this.#section);
    if (isBlock || isBraced) this.#expecting = 'nothing';
    const source = map.srcToken;
    const indent = source !== undefined && 'indent' in source ? source.indent : -1;
    for (const [index, pair] of map.items.entries()) {
      if (isBraced && index > 0) this.#expecting = 'value';
      this.#readPair(pair, indent);
    }
    if (isBlock) this.#closeBlock(to);
  }

  #readPair({ key, value, srcToken }: Pair, indent: number): void {
    if (this.stoppedAt !== null) return;
    const isExplicit = srcToken?.start.some(({ type }) => type === 'explicit-key-ind') === true;
    const hasColon = srcToken?.sep?.some(({ type }) => type === 'map-value-ind') === true;
    const isMissing = !isNode(key) || (isScalar(key) && isEmptyScalar(key));
    if (isExplicit || (hasColon && !isMissing)) {
      this.#expecting = 'key';
      this.#inList = false;
    }
    this.#readNode(key, indent);
    if (hasColon) this.#expecting = 'value';
    this.#readNode(value, indent);
  }

  #readList(list: YAMLSeq, indent: number): void {
    const source = list.srcToken;
    const isBlock = list.flow !== true;
    // Dashes right below their key are no block of their own to a reader of tokens.
    const opensBlock = isBlock && !(source?.type === 'block-seq' && source.indent === indent);
    if (opensBlock) this.#openBlock(false);
    this.#inList = true;
    for (const item of list.items) {
      this.#expecting = 'value';
      this.#readNode(item, -1);
    }
    if (opensBlock) this.#closeBlock(list.range?.[1] ?? 0);
    else if (!isBlock) this.#endList();
  }

  #openBlock(isSection: boolean): void {
    if (this.#depth > 0 || isSection) this.#depth++;
  }

  #closeBlock(at: number): void {
    this.#endList();
    if (this.#depth > 0 && --this.#depth === 0) this.stoppedAt ??= at;
  }

  #endList(): void {
    this.#key = null;
    this.#inList = false;
    this.#expecting = 'nothing';
  }
}

/** A value that is not written, such as that of `key:`. */
function isEmptyScalar(scalar: Scalar): boolean {
  const [from = 0, to = 0] = scalar.range ?? [];
  return scalar.type === 'PLAIN' && from === to;
}
