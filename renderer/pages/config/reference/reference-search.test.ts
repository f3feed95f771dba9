import { describe, expect, it } from 'vitest';
import { optionNote } from '../../../../engine/config/option-notes.ts';
import { optionTable } from '../../../../engine/config/option-table.ts';
import { optionSections, searchReference } from './reference-search.ts';

const names = (query: string) => searchReference(query).options.map(({ name }) => name);

describe('search of the reference', () => {
  it('puts the option of that name first, by an alias too', () => {
    expect(names('harakiri')[0]).toBe('harakiri');
    expect(names('workers')).toContain('processes');
    expect(names('reload_on_rss')[0]).toBe('reload-on-rss');
  });

  it('finds by words of the note that are in no name and no help', () => {
    const found = searchReference('gevent greenlets').options.concat(searchReference('cookies').options);
    const byNote = found.filter(({ name, help }) => !/gevent|greenlets|cookies/i.test(`${name} ${help}`));
    expect(byNote.length).toBeGreaterThan(0);
    for (const { name } of byNote) expect(optionNote(name)).toMatch(/gevent|greenlets|cookies/i);
  });

  it('finds what the checks say', () => {
    expect(searchReference('harakiri master').rules.map(({ code }) => code)).toContain('harakiri-without-master');
  });

  it('finds nothing for nothing', () => {
    expect(searchReference('  ')).toEqual({ options: [], rules: [] });
    expect(searchReference('zzqq')).toEqual({ options: [], rules: [] });
  });
});

it('every option stands under one heading', () => {
  const all = optionSections().flatMap(({ options }) => options.map(({ name }) => name));
  expect(all).toHaveLength(optionTable.length);
  expect(new Set(all).size).toBe(all.length);
});
