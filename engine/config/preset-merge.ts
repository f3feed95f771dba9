/**
 * A preset put into a file that has options already: only what is missing comes in, with the comments that explain it,
 * as one block at the end of the section. What the file sets stays as it is and is named. Pure.
 */
import { type IniDocument, type OptionLine, parseIni } from './ini-document.ts';
import { sectionHead } from './ini-edits.ts';
import { mainName, optionPlaces, placeForNew } from './ini-places.ts';
import { findOption } from './option-table.ts';
import { insertAbove, type TextEdit } from './text-edit.ts';

export interface MergedPreset {
  edits: TextEdit[];
  /** Names of the lines that come in. */
  added: string[];
  /** What stays: the file's own value, and what the preset has. */
  left: { name: string; line: number; value: string; suggested: string }[];
}

/** Options that say the same in several ways: with one of them, the others of its group stay out. */
const INSTEAD: readonly (readonly string[])[] = [
  [
    'module',
    'wsgi-file',
    'file',
    'wsgi',
    'mount',
    'paste',
    'pump',
    'web3',
    'asgi',
    'js-app',
    'rack',
    'psgi',
    'php-docroot',
    'cgi',
  ].map(mainName),
  ['socket', 'http-socket', 'http', 'uwsgi-socket', 'fastcgi-socket', 'scgi-socket', 'https'].map(mainName),
  ['threads', 'gevent', 'async', 'asyncio'].map(mainName),
];

/** Options of several lines, each for what stands before its `=`: two for the same would contradict each other. */
const KEYED = new Set(['env', 'php-set', 'static-map', 'mount', 'cgi'].map(mainName));

export function mergePreset(document: IniDocument, section: string, text: string): MergedPreset {
  const places = optionPlaces(document, section);
  if (document.lines.every(({ type }) => type === 'blank')) {
    const lines = parseIni(text).lines.flatMap((line) => (line.type === 'option' ? [line.key] : []));
    return { edits: [insertAbove(1, text.replace(/\n$/, ''))], added: lines, left: [] };
  }
  const added: string[] = [];
  const left: MergedPreset['left'] = [];
  const block: string[] = [];
  let comments: string[] = [];
  for (const line of parseIni(text).lines) {
    if (line.type === 'comment') comments.push(line.text);
    else if (line.type !== 'option') {
      comments = [];
      if (line.type === 'blank' && block.length > 0 && block.at(-1) !== '') block.push('');
    } else {
      const own = places.findLast((place) => standsFor(place.line, line));
      if (own === undefined) {
        block.push(...comments, line.text);
        added.push(line.key);
      } else if (own.line.value !== line.value) {
        const { key, number, value } = own.line;
        left.push({
          name: key,
          line: number,
          value,
          suggested: line.key === key ? line.value : `${line.key} = ${line.value}`,
        });
      }
      comments = [];
    }
  }
  while (block.at(-1) === '') block.pop();
  return { edits: block.length === 0 ? [] : [insertBlock(document, section, block)], added, left };
}

/** True when the file's line is in place of the preset's. */
function standsFor(own: OptionLine, suggested: OptionLine): boolean {
  const name = mainName(own.key);
  const wanted = mainName(suggested.key);
  if (name !== wanted) return INSTEAD.some((group) => group.includes(name) && group.includes(wanted));
  const option = findOption(wanted);
  const isSeveral = option?.repeatable === true && option.kind !== 'address' && wanted !== 'plugins';
  if (!isSeveral || own.value === suggested.value) return true;
  return KEYED.has(wanted) && keyOf(own.value) === keyOf(suggested.value);
}

function keyOf(value: string): string {
  return value.split('=', 1)[0]?.trim() ?? '';
}

function insertBlock(document: IniDocument, section: string, block: readonly string[]): TextEdit {
  // A name that no group knows goes to the end of the section.
  const end = placeForNew(document, section, '');
  if (end !== null) {
    const above = document.lines[end.above - 2];
    const gap = above === undefined || above.type === 'blank' || above.type === 'section' ? '' : '\n';
    return insertAbove(end.above, gap + block.join('\n'));
  }
  return insertAbove(document.lines.length + 1, `${sectionHead(document, section)}\n${block.join('\n')}`);
}
