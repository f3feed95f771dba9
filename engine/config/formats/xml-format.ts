/**
 * XML as uWSGI 2.0.21 reads it: each element below `<uwsgi>` is an option, its value what its first piece holds (text,
 * CDATA or even a comment) and `1` when there is none. `<uwsgi>` is the root, whatever its id, or the first one right
 * below the root; `file.xml:name` asks for the first with that id or with none. saxes does the syntax.
 */
import { SaxesParser } from 'saxes';
import {
  badByteFault,
  findBadByte,
  type PlacedOption,
  type SectionRead,
  type SyntaxFault,
  untilNul,
} from './config-document.ts';

interface OpenElement {
  name: string;
  from: number;
  /** Prefixes of namespaces that are declared here: they are no part of a name. */
  prefixes: ReadonlySet<string>;
  /** What the first piece of the element holds; null: nothing yet. */
  first: string | null;
  /** The piece may go on: text and entities are one. */
  goesOn: boolean;
}

export function readXmlSection(text: string, section: string): SectionRead {
  const source = decodeDeclared(text);
  if (typeof source !== 'string') return { status: 'broken', fault: source };
  const reader = new ElementReader(source, section);
  const fault = reader.read();
  if (fault !== null) return { status: 'broken', fault };
  return reader.found ? { status: 'options', options: reader.options, notice: null } : { status: 'no-section' };
}

/** The text in the encoding that its first line names. */
function decodeDeclared(text: string): string | SyntaxFault {
  const declared = /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([^"']*)["']/.exec(text)?.[1]?.toLowerCase() ?? 'utf-8';
  const at = findBadByte(text);
  if (at === -1) return text;
  if (declared === 'utf-8' || declared === 'utf8') return badByteFault(at);
  const message = `the encoding ${declared} is not read`;
  return { at, message, hint: 'Save the file as UTF-8 and say so in its first line.' };
}

class ElementReader {
  readonly options: PlacedOption[] = [];
  found = false;
  readonly #text: string;
  readonly #section: string;
  readonly #parser: SaxesParser;
  readonly #open: OpenElement[] = [];
  /** How many elements are open when a child of the section begins; null: not in it. */
  #depth: number | null = null;
  #fault: SyntaxFault | null = null;

  constructor(text: string, section: string) {
    this.#text = text;
    this.#section = section;
    this.#parser = new SaxesParser({ position: true });
  }

  /** Null when the whole document is well-formed. */
  read(): SyntaxFault | null {
    const parser = this.#parser;
    let tagFrom = 0;
    parser.on('error', (error) => this.#fail(parser.position, error.message));
    parser.on('opentagstart', ({ name }) => {
      tagFrom = this.#text.lastIndexOf(`<${name}`, parser.position);
    });
    parser.on('opentag', ({ name, attributes }) => this.#openTag(name, attributes, tagFrom));
    parser.on('closetag', () => this.#closeTag());
    parser.on('text', (piece) => this.#addPiece(piece, true));
    parser.on('cdata', (piece) => this.#addPiece(piece, false));
    parser.on('comment', (piece) => this.#addPiece(piece, false));
    parser.on('processinginstruction', ({ body }) => this.#addPiece(body, false));
    parser.write(this.#text).close();
    return this.#fault;
  }

  #openTag(name: string, attributes: Record<string, string>, from: number): void {
    const declared = Object.keys(attributes).flatMap((key) => (key.startsWith('xmlns:') ? [key.slice(6)] : []));
    const outer = this.#open.at(-1);
    const prefixes = declared.length === 0 ? outer?.prefixes : new Set([...(outer?.prefixes ?? []), ...declared]);
    const element = { name: localName(name, prefixes), from, prefixes: prefixes ?? new Set<string>() };
    const depth = this.#open.length;
    if (!this.found && element.name === 'uwsgi' && this.#isWanted(depth, attributes['id'])) {
      this.found = true;
      this.#depth = depth + 1;
    } else if (this.#depth !== null && depth === this.#depth + 1 && outer !== undefined && outer.first === null) {
      const hint = `Write <${outer.name}>value</${outer.name}>.`;
      this.#fail(from, `<${outer.name}> holds <${element.name}> where its value should be`, hint);
    }
    this.#open.push({ ...element, first: null, goesOn: true });
    if (this.#depth === depth && element.name === 'app') {
      this.#fail(from, '<app> is not read', 'Write <mount>/path=file</mount>.');
    }
    const parent = this.#open.at(-2);
    if (parent !== undefined) parent.goesOn = false;
  }

  /** The root counts whatever its id is; of its children the first one with the id, or with none, when one is asked for. */
  #isWanted(depth: number, id: string | undefined): boolean {
    if (depth === 0) return true;
    return depth === 1 && (this.#section === '' || id === undefined || id === this.#section);
  }

  #closeTag(): void {
    const element = this.#open.pop();
    if (element === undefined) return;
    const depth = this.#open.length;
    // A root without anything in it is as good as an empty section.
    if (depth === 0 && element.first === null && element.goesOn) this.found = true;
    if (this.#depth === null) return;
    if (depth < this.#depth) {
      this.#depth = null;
    } else if (depth === this.#depth) {
      const value = untilNul(element.first ?? '1');
      this.options.push({ key: element.name, value, from: element.from, to: this.#parser.position });
    }
  }

  #addPiece(piece: string, isText: boolean): void {
    const element = this.#open.at(-1);
    if (element === undefined) return;
    if (element.first === null) element.first = piece;
    else if (element.goesOn && isText) element.first += piece;
    element.goesOn &&= isText;
  }

  #fail(at: number, message: string, hint = 'Close every tag, and write &lt; for < and &amp; for &.'): void {
    const plain = message.replace(/^(?:[^:]*:)?\d+:\d+: /, '').replace(/\.$/, '');
    this.#fault ??= { at: Math.min(at, this.#text.length), message: plain, hint };
  }
}

function localName(name: string, prefixes: ReadonlySet<string> | undefined): string {
  const colon = name.indexOf(':');
  return colon !== -1 && prefixes?.has(name.slice(0, colon)) === true ? name.slice(colon + 1) : name;
}
