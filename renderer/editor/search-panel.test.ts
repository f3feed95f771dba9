import { SearchQuery } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { matchWords } from './search-panel.ts';

const TEXT = '[uwsgi]\nlisten = 100\n; listen = 5\nListening = 1\n';

function words(search: string, options: { at?: string; regexp?: boolean; caseSensitive?: boolean } = {}): string {
  const anchor = options.at === undefined ? 0 : TEXT.indexOf(options.at);
  const head = options.at === undefined ? 0 : anchor + search.length;
  const state = EditorState.create({ doc: TEXT, selection: { anchor, head } });
  return matchWords(state, new SearchQuery({ search, ...options }));
}

describe('what the search says of itself', () => {
  it('counts what is found, and says which one is selected', () => {
    expect(words('listen')).toBe('3 matches');
    expect(words('listen', { at: 'listen = 5' })).toBe('2 of 3');
    expect(words('listen', { caseSensitive: true })).toBe('2 matches');
    expect(words('= 5')).toBe('1 match');
  });

  it('says that there is none, and that an expression is not one', () => {
    expect(words('')).toBe('');
    expect(words('harakiri')).toBe('no match');
    expect(words('listen(', { regexp: true })).toBe('not a regular expression');
    expect(words('^[a-z]+ =', { regexp: true })).toBe('2 matches');
  });

  it('stops counting in a long text', () => {
    const state = EditorState.create({ doc: 'a'.repeat(5000) });
    expect(matchWords(state, new SearchQuery({ search: 'a' }))).toBe('more than 1000');
  });
});
