import { describe, expect, it } from 'vitest';
import type { ConfigTarget } from '../../../../electron/contract/model.ts';
import { findOption, type OptionInfo, optionTable } from '../../../../engine/config/option-table.ts';
import { factRows, statusLines } from './option-facts.ts';

const ENGINE: ConfigTarget = { server: 'engine', version: '0.1.0', binary: 'known', missing: [], extra: [] };
const UWSGI: ConfigTarget = { ...ENGINE, server: 'uwsgi', version: '2.0.21' };

function option(name: string): OptionInfo {
  const found = findOption(name);
  if (found === null) throw new Error(`There is no option ${name}.`);
  return found;
}

const rows = (name: string, target: ConfigTarget | null) =>
  Object.fromEntries(factRows(option(name), target).map((row) => [row.name, row.value]));
const texts = (name: string, target: ConfigTarget | null) => statusLines(option(name), target).map(({ text }) => text);

describe('where an option works', () => {
  it('is said of the server that the file is for first', () => {
    expect(texts('harakiri', ENGINE)).toEqual(['Works here, on the bundled engine.', 'Works on uWSGI.']);
    expect(texts('harakiri', UWSGI)).toEqual([
      "Works on this server's uWSGI (2.0.21).",
      'Works on the bundled engine.',
    ]);
    expect(texts('harakiri', null)).toEqual(['Works on uWSGI.', 'Works on the bundled engine.']);
  });

  it('warns of an option that the server does not have', () => {
    const [here] = statusLines(option('harakiri'), { ...UWSGI, missing: ['harakiri'] });
    expect(here).toMatchObject({ level: 'warn', text: expect.stringContaining('its uWSGI (2.0.21) does not have it') });
  });

  it('gives the reason of the engine, and is a sentence for every option', () => {
    const reasons = optionTable.filter(({ reason, status }) => reason !== null && status !== 'works');
    expect(reasons.length).toBeGreaterThan(10);
    for (const { name, reason } of reasons) expect(texts(name, ENGINE)[0]).toContain(reason);
    for (const each of optionTable) {
      for (const { text } of statusLines(each, UWSGI)) expect(text).toMatch(/^[A-Z\w].*[^.]\.$/);
    }
  });
});

describe('facts', () => {
  it('have one row where the servers agree and one for each where they do not', () => {
    const differs = optionTable.find(
      ({ uwsgiDefault, default: ofEngine, status }) =>
        uwsgiDefault !== null && uwsgiDefault !== ofEngine && status === 'works',
    );
    expect(differs).toBeDefined();
    const names = factRows(differs ?? option('harakiri'), ENGINE).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('Default'))).toEqual(['Default, engine', 'Default, uWSGI']);
    expect(rows('processes', ENGINE)).toMatchObject({ Also: expect.stringContaining('workers'), Default: '1' });
  });

  it('leave out what there is not', () => {
    const { Since, Choices, ...others } = rows('harakiri', null);
    expect([Since, Choices]).toEqual([undefined, undefined]);
    expect(Object.keys(others)).toContain('In effect');
  });
});
