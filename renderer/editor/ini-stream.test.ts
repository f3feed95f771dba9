import { StringStream } from '@codemirror/language';
import { describe, expect, it } from 'vitest';
import { iniStream } from './ini-stream.ts';

/** Every token of one line as `kind:text`; blanks without a kind are left out. */
function tokens(line: string): string[] {
  const stream = new StringStream(line, 4, 2);
  const state = iniStream.startState?.(2) ?? { place: 'start' as const, literal: false };
  const found: string[] = [];
  while (!stream.eol()) {
    stream.start = stream.pos;
    const kind = iniStream.token(stream, state);
    if (kind) found.push(`${kind}:${stream.current()}`);
    expect(stream.pos, 'every call moves on').toBeGreaterThan(stream.start);
  }
  return found;
}

describe('tokens of a uWSGI INI line', () => {
  it('reads a section, also when it is indented or never closed', () => {
    expect(tokens('[uwsgi]')).toEqual(['section:[uwsgi]']);
    expect(tokens('  [uwsgi')).toEqual(['section:[uwsgi']);
  });

  it('takes only a whole line as a comment', () => {
    expect(tokens('; workers')).toEqual(['comment:; workers']);
    expect(tokens('  # processes = 4')).toEqual(['comment:# processes = 4']);
    expect(tokens('buffer-size = 8192 ; large')).toEqual(['key:buffer-size ', 'equals:=', 'value:8192 ; large']);
  });

  it('splits at the first equals sign only', () => {
    expect(tokens('env = A=1')).toEqual(['key:env ', 'equals:=', 'value:A=1']);
  });

  it('marks a value as a number only when all of it is one', () => {
    expect(tokens('processes = 16')).toEqual(['key:processes ', 'equals:=', 'number:16']);
    expect(tokens('master=TRUE ')).toEqual(['key:master', 'equals:=', 'number:TRUE ']);
    expect(tokens('socket = 127.0.0.1:3031')).toEqual(['key:socket ', 'equals:=', 'value:127.0.0.1:3031']);
  });

  it('marks placeholders, environment, files and magic letters in values and keys', () => {
    expect(tokens('chdir = %(base)/a/%n')).toEqual([
      'key:chdir ',
      'equals:=',
      'placeholder:%(base)',
      'value:/a/',
      'placeholder:%n',
    ]);
    expect(tokens('%(name)-x = $(HOME)@(exec://date)')).toEqual([
      'placeholder:%(name)',
      'key:-x ',
      'equals:=',
      'placeholder:$(HOME)',
      'placeholder:@(exec://date)',
    ]);
  });

  it('leaves signs that start nothing in the text', () => {
    expect(tokens('mail = me@home 5%')).toEqual([
      'key:mail ',
      'equals:=',
      'value:me',
      'value:@',
      'value:home 5',
      'value:%',
    ]);
    expect(tokens('a = %(open')).toEqual(['key:a ', 'equals:=', 'value:%', 'value:(open']);
  });

  it('reads a key without a value', () => {
    expect(tokens('master')).toEqual(['key:master']);
    expect(tokens('=3')).toEqual(['equals:=', 'number:3']);
  });
});
