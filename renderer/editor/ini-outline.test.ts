import { describe, expect, it } from 'vitest';
import { type IniDocument, parseIni } from '../../engine/config/ini-document.ts';
import { foldEnd, outlineOf } from './ini-outline.ts';

function foldAt({ lines }: IniDocument, number: number): number | null {
  const lastLineOfSection = (head: number) => {
    const next = lines.find((line) => line.type === 'section' && line.number > head);
    return next ? next.number - 1 : lines.length;
  };
  return foldEnd({ lineAt: (at) => lines[at - 1], lastLineOfSection }, number);
}

const TEXT = `; the shop
; in production
[uwsgi]
master = true

; --- workers ---
processes = 4
threads = 2

# stats = :9191
if-env = DEBUG
print = x
endif =

[other]
a = b
`;

const document = parseIni(TEXT);

describe('the outline', () => {
  it('has sections, commented groups and logic, in order', () => {
    expect(outlineOf(document, new Set(['uwsgi'])).map((entry) => [entry.kind, entry.title, entry.line])).toEqual([
      ['section', '[uwsgi]', 3],
      ['group', 'workers', 6],
      ['logic', 'if-env = DEBUG', 11],
      ['section', '[other]', 15],
    ]);
  });

  it('counts options and says which sections are not read', () => {
    const [uwsgi, workers, , other] = outlineOf(document, new Set(['uwsgi']));
    expect([uwsgi?.optionCount, workers?.optionCount]).toEqual([6, 5]);
    expect([uwsgi?.isRead, other?.isRead]).toEqual([true, false]);
  });

  it('folds sections and blocks up to their last line that says something', () => {
    expect(foldAt(document, 3)).toBe(13);
    expect(foldAt(document, 11)).toBe(13);
    expect(foldAt(document, 15)).toBe(16);
    expect([foldAt(document, 1), foldAt(document, 4), foldAt(document, 99)]).toEqual([null, null, null]);
  });

  it('folds comments of three lines and more, and no logic that is never closed', () => {
    expect(foldAt(parseIni('; a\n; b\n; c\n[uwsgi]\n'), 1)).toBe(3);
    expect(foldAt(parseIni('[uwsgi]\nif-env = A\nmaster = true\n'), 2)).toBeNull();
  });
});
