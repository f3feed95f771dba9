import { describe, expect, it } from 'vitest';
import { findOption, type OptionInfo } from '../../../../engine/config/option-table.ts';
import { applyEdits } from '../../../../engine/config/text-edit.ts';
import { additionOf } from './add-option.ts';

function option(name: string): OptionInfo {
  const found = findOption(name);
  if (found === null) throw new Error(`There is no option ${name}.`);
  return found;
}

function add(text: string, name: string, section = '') {
  const { edits, line, from, to } = additionOf(text, section, option(name));
  const after = applyEdits(text, edits);
  return { after, line, chosen: after.split('\n')[line - 1]?.slice(from, to) };
}

describe('a line for an option', () => {
  it('has the default to be typed over, or nothing', () => {
    const text = '[uwsgi]\nprocesses = 4\nmodule = shop\n';
    expect(add(text, 'listen').after).toContain(`listen = ${option('listen').default}\n`);
    expect(add(text, 'listen').chosen).toBe(option('listen').default);
    const { after, line, chosen } = add(text, 'pidfile');
    expect(after.split('\n')[line - 1]).toMatch(/^pidfile =\s*$/);
    expect(chosen).toBe('');
  });

  it('switches a flag on', () => {
    const { after, chosen } = add('[uwsgi]\nmodule = shop\n', 'vacuum');
    expect(after).toContain('vacuum = true\n');
    expect(chosen).toBe('true');
  });

  it('is not doubled, by an alias neither, unless there may be several', () => {
    const text = '[uwsgi]\nworkers = 4\nenv = A=1\n';
    expect(add(text, 'processes')).toEqual({ after: text, line: 2, chosen: '4' });
    expect(add(text, 'env').after.trimEnd()).toBe('[uwsgi]\nworkers = 4\nenv = A=1\nenv =');
  });

  it('goes to the section of the cursor, and makes [uwsgi] where there is none', () => {
    expect(add('[uwsgi]\nmodule = shop\n[live]\nharakiri = 3\n', 'vacuum', 'live').after).toMatch(
      /\[live\]\n[^[]*vacuum = true/,
    );
    expect(add('', 'vacuum').after).toContain('[uwsgi]\nvacuum = true');
  });
});
