/**
 * Tokens of a uWSGI INI line, by uWSGI's own rules: a comment is only a whole line that starts with `;` or `#`,
 * a value is everything after the first `=`, there is no quoting and no continuation. Marked inside keys and values:
 * `%(name)`, `$(VARIABLE)`, `@(scheme://…)`, the magic `%x` letters and `%%`.
 * Pure: a StreamParser without a view; ini-language.ts gives the tokens their colours.
 */
import type { StreamParser, StringStream } from '@codemirror/language';

export type IniToken = 'section' | 'comment' | 'key' | 'equals' | 'value' | 'number' | 'placeholder';

export interface IniState {
  /** Where on the line the parser stands. */
  place: 'start' | 'key' | 'value';
  /** The whole value is a number or a truth word. */
  literal: boolean;
}

const WHOLE_LITERAL = /^=\s*(?:-?\d+|true|false|yes|no|on|off)\s*$/i;
/** Letters after `%` that uWSGI replaces while it reads the file. */
const VARIABLE = /^(?:%%|[%$@]\([^)]*\)|%[vpsdnexcijobhktTuUgGVPSDNECXIJO0-9[])/;
const PLAIN = /^[^%$@=]+/;
const PLAIN_VALUE = /^[^%$@]+/;

export const iniStream: StreamParser<IniState> = {
  name: 'uwsgi-ini',
  startState: () => ({ place: 'start', literal: false }),
  copyState: (state) => ({ ...state }),
  blankLine: (state) => {
    state.place = 'start';
  },
  token: (stream, state) => {
    if (stream.sol()) {
      state.place = 'start';
      state.literal = false;
      if (stream.eatSpace()) return null;
    }
    if (state.place === 'start') {
      if (stream.match(/^[;#].*/)) return 'comment';
      if (stream.match(/^\[[^\]]*\]?/)) {
        state.place = 'value';
        return 'section';
      }
      state.place = 'key';
    }
    return state.place === 'key' ? keyToken(stream, state) : valueToken(stream, state);
  },
  languageData: { commentTokens: { line: ';' } },
};

function keyToken(stream: StringStream, state: IniState): IniToken | null {
  if (stream.peek() === '=') {
    state.literal = stream.match(WHOLE_LITERAL, false) !== null;
    stream.next();
    state.place = 'value';
    return 'equals';
  }
  if (stream.match(VARIABLE)) return 'placeholder';
  if (!stream.match(PLAIN)) stream.next();
  return 'key';
}

function valueToken(stream: StringStream, state: IniState): IniToken | null {
  if (stream.eatSpace()) return null;
  if (stream.match(VARIABLE)) return 'placeholder';
  if (!stream.match(PLAIN_VALUE)) stream.next();
  return state.literal ? 'number' : 'value';
}
