/**
 * One interface for a configuration document of any format that uWSGI reads: the options of one section with the
 * places they were written at. The formats' own modules say what their syntax means to uWSGI; magic variables are
 * replaced before (magic.ts), what options mean comes after (resolve.ts). Pure.
 */

export type FormatName = 'INI' | 'YAML' | 'JSON' | 'XML';

export interface PlacedOption {
  key: string;
  value: string;
  /** Place in the text, from the first character of the key to behind the last one of the value. */
  from: number;
  to: number;
}

export type SectionRead =
  /** `notice`: what uWSGI logs about a part it does not understand; it keeps what it read before. */
  | { status: 'options'; options: PlacedOption[]; notice: string | null }
  | { status: 'no-section' }
  | { status: 'broken'; fault: SyntaxFault };

export interface SyntaxFault {
  /** Where in the text it was noticed. */
  at: number;
  /** Half a sentence without a full stop: `a quote is missing`. */
  message: string;
  /** The next step. */
  hint: string;
}

/** Reads one section; an empty name means the one that is read when none is named. Never throws. */
export type SectionReader = (text: string, section: string) => SectionRead;

/** The section uWSGI reads when no other is asked for. */
export const DEFAULT_SECTION = 'uwsgi';

/** A value ends at a NUL for uWSGI, as every C string does. */
export function untilNul(text: string): string {
  const nul = text.indexOf('\0');
  return nul === -1 ? text : text.slice(0, nul);
}

/** Place of the first byte that is no UTF-8 (text-bytes.ts keeps it as a lone surrogate); -1 when all of it is. */
export function findBadByte(text: string): number {
  return text.search(/[\udc80-\udcff](?<![\ud800-\udbff].)/);
}

export function badByteFault(at: number): SyntaxFault {
  return { at, message: 'the file is not UTF-8 here', hint: 'Save it as UTF-8.' };
}
