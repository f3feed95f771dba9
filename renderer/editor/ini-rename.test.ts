import { describe, expect, it } from 'vitest';
import { parseIni } from '../../engine/config/ini-document.ts';
import { applyEdits } from '../../engine/config/text-edit.ts';
import { placeholderAt, placesOf, renamePlaceholder, whyNotName } from './ini-rename.ts';

const TEXT = `[uwsgi]
base = /srv
set = n=4
set-placeholder = basement=/x
chdir = %(base)/app
processes = %(n * 2)
static-map = /a=%(base basement)
if-opt = base=/srv
print = base
endif =
`;

const document = parseIni(TEXT);

describe('a new name for a placeholder', () => {
  it('changes where it is set and every use, and nothing that only looks like it', () => {
    const after = applyEdits(TEXT, renamePlaceholder(document, 'base', 'root'));
    expect(after).toBe(
      TEXT.replace('base = /srv', 'root = /srv')
        .replace('%(base)', '%(root)')
        .replace('%(base basement)', '%(root basement)')
        .replace('if-opt = base=', 'if-opt = root='),
    );
    expect(applyEdits(TEXT, renamePlaceholder(document, 'n', 'count'))).toContain('set = count=4');
    expect(applyEdits(TEXT, renamePlaceholder(document, 'n', 'count'))).toContain('%(count * 2)');
  });

  it('is found from a place where it is set or used', () => {
    expect(placeholderAt(document, 2, 1)).toBe('base');
    expect(placeholderAt(document, 3, 6)).toBe('n');
    expect(placeholderAt(document, 5, 12)).toBe('base');
    expect(placeholderAt(document, 7, 24)).toBe('basement');
    expect([placeholderAt(document, 5, 2), placeholderAt(document, 6, 17), placeholderAt(document, 1, 2)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(placesOf(document, 'gone')).toEqual([]);
  });

  it('is refused when it means something else', () => {
    expect(whyNotName(document, 'processes')).toContain('option of uWSGI');
    expect(whyNotName(document, 'basement')).toContain('already');
    expect(whyNotName(document, 'a b')).toContain('no blanks');
    expect(whyNotName(document, '42')).toContain('something else');
    expect([whyNotName(document, ''), whyNotName(document, 'root')]).toEqual(['A placeholder needs a name.', null]);
  });
});
