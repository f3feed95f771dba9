import { describe, expect, it } from 'vitest';
import { parseIni } from '../../engine/config/ini-document.ts';
import { magicValue } from '../../engine/config/magic.ts';
import { memoryHost } from '../../engine/config/test-host.ts';
import { lineTokens, referencesIn } from './ini-tokens.ts';
import { MAGIC_WORDS } from './magic-words.ts';

const facts = { isDeclared: (name: string) => name === 'site', isCustom: (name: string) => name === 'base' };

/** Every token of one line as `kind:text`. */
function tokens(text: string): string[] {
  const [line] = parseIni(text).lines;
  return line ? lineTokens(line, facts).map(({ kind, from, to }) => `${kind}:${text.slice(from, to)}`) : [];
}

describe('tokens of a uWSGI INI line', () => {
  it('reads a section, also when it is indented or never closed', () => {
    expect(tokens('[uwsgi]')).toEqual(['section:[uwsgi]']);
    expect(tokens('  [uwsgi')).toEqual(['section:[uwsgi']);
  });

  it('takes only a whole line as a comment', () => {
    expect(tokens('  # processes = 4')).toEqual(['comment:  # processes = 4']);
    expect(tokens('chdir = /srv ; large')).toEqual(['option:chdir', 'equals:=', 'path:/srv ; large']);
  });

  it('tells known, logic, declared, placeholder and unknown names apart', () => {
    const kinds = ['processes', 'workers', 'if-env', 'endif', 'site', 'base', 'procesess'].map(
      (name) => tokens(`${name} = x`)[0]?.split(':')[0],
    );
    expect(kinds).toEqual(['option', 'option', 'logic', 'logic', 'declared', 'custom', 'unknown']);
  });

  it('gives values the kind that their option takes', () => {
    expect(tokens('processes = 16')).toContain('number:16');
    expect(tokens('master=TRUE ')).toContain('flag:TRUE');
    expect(tokens('master = maybe')).toContain('text:maybe');
    expect(tokens('socket = 127.0.0.1:3031')).toContain('address:127.0.0.1:3031');
    expect(tokens('chdir = /srv')).toContain('path:/srv');
    expect(tokens('module = shop.wsgi')).toContain('text:shop.wsgi');
    expect(tokens('reload-on-rss = 220')).toContain('number:220');
  });

  it('colours of a number only what uWSGI takes of it', () => {
    expect(tokens('harakiri = 30s')).toEqual(['option:harakiri', 'equals:=', 'number:30', 'text:s']);
  });

  it('splits at the first equals sign only', () => {
    expect(tokens('env = A=1')).toEqual(['option:env', 'equals:=', 'text:A=1']);
  });

  it('marks placeholders, environment, files and magic letters in values and keys', () => {
    expect(tokens('chdir = %(base)/a/%n').slice(2)).toEqual(['placeholder:%(base)', 'path:/a/', 'magic:%n']);
    expect(tokens('%(name)-x = $(HOME)@(/x)').filter((token) => !token.startsWith('equals'))).toEqual([
      'placeholder:%(name)',
      'unknown:-x',
      'environment:$(HOME)',
      'content:@(/x)',
    ]);
  });

  it('marks a per cent sign that vanishes with its letter, and leaves other signs in the text', () => {
    expect(tokens('mail = me@home 5%')).toEqual(['unknown:mail', 'equals:=', 'text:me@home 5', 'lost:%']);
    expect(tokens('a = 5%q %%').slice(2)).toEqual(['text:5', 'lost:%q', 'text: ', 'magic:%%']);
    expect(tokens('a = %(open')).toEqual(['unknown:a', 'equals:=', 'text:%(open']);
  });

  it('finds the outermost reference when they stand in one another', () => {
    expect(referencesIn('@(%(a)/x)').map(({ kind }) => kind)).toEqual(['content']);
  });

  it('reads a key without a value', () => {
    expect(tokens('master')).toEqual(['option:master']);
    expect(tokens('=3')).toEqual(['equals:=', 'number:3']);
  });
});

describe('the words for magic variables', () => {
  it('are about exactly those that the server replaces', () => {
    const file = { given: 'a.ini', path: '/a/b.ini', section: '' };
    const letters = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index));
    const replaced = letters.filter((letter) => magicValue(letter, file, file, memoryHost({})) !== null);
    expect([...MAGIC_WORDS.keys()].sort()).toEqual(replaced.sort());
  });
});
