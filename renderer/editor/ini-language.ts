/**
 * The INI language of the editor: tokens of ini-stream.ts with the colours of tokens.css (--ed-*).
 * Colours are CSS variables, so a change of theme needs no new editor.
 */
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { Tag } from '@lezer/highlight';
import { type IniToken, iniStream } from './ini-stream.ts';

const tags: Record<IniToken, Tag> = {
  section: Tag.define(),
  comment: Tag.define(),
  key: Tag.define(),
  equals: Tag.define(),
  value: Tag.define(),
  number: Tag.define(),
  placeholder: Tag.define(),
};

const language = StreamLanguage.define({ ...iniStream, tokenTable: tags });

const colours = HighlightStyle.define([
  { tag: tags.section, color: 'var(--ed-section)' },
  { tag: tags.comment, color: 'var(--ed-comment)' },
  { tag: tags.key, color: 'var(--ed-key)' },
  { tag: tags.equals, color: 'var(--fg-3)' },
  { tag: tags.value, color: 'var(--ed-value)' },
  { tag: tags.number, color: 'var(--ed-number)' },
  { tag: tags.placeholder, color: 'var(--ed-var)' },
]);

/** Language and highlighting, for the editor and for read-only views of INI text. */
export const iniLanguage: Extension = [language, syntaxHighlighting(colours)];
