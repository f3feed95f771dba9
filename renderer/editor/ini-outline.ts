/**
 * The shape of an INI text: sections, groups (lines behind a comment that follows a blank line) and blocks of the
 * logic, as a list to go to and as parts that can be folded. Pure.
 */
import type { IniDocument, IniLine } from '../../engine/config/ini-document.ts';
import { isLogic, isLogicEnd } from '../../engine/config/logic.ts';

export interface OutlineEntry {
  kind: 'section' | 'group' | 'logic';
  title: string;
  /** 1-based. */
  line: number;
  /** Options in it, up to the next entry of its kind or above. */
  optionCount: number;
  isRead: boolean;
}

/** `read`: the names of the sections that a start reads. */
export function outlineOf({ lines }: IniDocument, read: ReadonlySet<string>): OutlineEntry[] {
  const entries: OutlineEntry[] = [];
  let section: OutlineEntry | null = null;
  let group: OutlineEntry | null = null;
  let isRead = false;
  for (const [index, line] of lines.entries()) {
    if (line.type === 'section') {
      isRead = read.has(line.name);
      section = { kind: 'section', title: `[${line.name}]`, line: line.number, optionCount: 0, isRead };
      group = null;
      entries.push(section);
    } else if (line.type === 'comment' && isHeading(lines, index)) {
      group = { kind: 'group', title: headingOf(line.text), line: line.number, optionCount: 0, isRead };
      entries.push(group);
    } else if (line.type === 'option') {
      if (section) section.optionCount += 1;
      if (group) group.optionCount += 1;
      if (isLogic(line.key)) {
        const title = `${line.key} = ${line.value}`;
        entries.push({ kind: 'logic', title, line: line.number, optionCount: 0, isRead });
      }
    }
  }
  return entries.filter(({ kind, optionCount }) => kind !== 'group' || optionCount > 0);
}

/** The first line of a comment that opens a group: nothing or a blank line or a section head above, words in it. */
function isHeading(lines: readonly IniLine[], index: number): boolean {
  const above = lines[index - 1];
  const isFirst = above === undefined || above.type === 'blank' || above.type === 'section';
  const line = lines[index];
  return isFirst && line !== undefined && headingOf(line.text) !== '' && !/^\s*[;#]+\s*[\w-]+\s*=/.test(line.text);
}

/** The words of a comment without its signs and rulers. */
function headingOf(comment: string): string {
  return comment.replace(/^[\s;#=*-]+|[\s=*#-]+$/g, '');
}

/** Lines by number, so that a long text need not be read as a whole to fold one part of it. */
export interface FoldSource {
  /** 1-based; undefined beyond the end. */
  lineAt(number: number): IniLine | undefined;
  /** Of the section whose head stands in this line. */
  lastLineOfSection(number: number): number;
}

/** A block of the logic that is longer is not folded: most likely its end is missing. */
const LONGEST_BLOCK = 2_000;
const SHORTEST_COMMENT = 3;

/** Last line of the part that begins at `number`, when it can be folded; blank lines at its end stay visible. */
export function foldEnd(source: FoldSource, number: number): number | null {
  const start = source.lineAt(number);
  let last = start === undefined ? null : endOfPart(source, start, number);
  while (last !== null && last > number && source.lineAt(last)?.type === 'blank') last -= 1;
  return last !== null && last > number ? last : null;
}

function endOfPart(source: FoldSource, start: IniLine, number: number): number | null {
  if (start.type === 'section') return source.lastLineOfSection(number);
  if (start.type === 'option' && isLogic(start.key)) {
    for (let at = number + 1; at <= number + LONGEST_BLOCK; at += 1) {
      const line = source.lineAt(at);
      if (line === undefined || line.type === 'section') return null;
      if (line.type === 'option' && isLogicEnd(line.key)) return at;
    }
    return null;
  }
  if (start.type !== 'comment' || source.lineAt(number - 1)?.type === 'comment') return null;
  let last = number;
  while (source.lineAt(last + 1)?.type === 'comment') last += 1;
  return last - number + 1 >= SHORTEST_COMMENT ? last : null;
}
