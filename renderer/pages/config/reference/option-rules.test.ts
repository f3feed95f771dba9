import { describe, expect, it } from 'vitest';
import { findOption } from '../../../../engine/config/option-table.ts';
import { findRule, rules } from '../../../../engine/config/rules/catalogue.ts';
import { optionsOf, rulesAbout } from './option-rules.ts';

const codes = (name: string) => rulesAbout(name).map(({ code }) => code);

describe('the findings that concern an option', () => {
  it('are those that name it or whose example sets it', () => {
    expect(codes('harakiri')).toContain('harakiri-without-master');
    expect(codes('master')).toContain('harakiri-without-master');
    expect(codes('cheaper')).toContain('cheaper-not-below-processes');
  });

  it('are not all of them for what every example begins with', () => {
    expect(codes('http-socket').length).toBeLessThan(rules.length / 3);
    expect(codes('module')).not.toContain('harakiri-without-master');
  });

  it('come worst first', () => {
    const ranks = rulesAbout('processes').map(({ severity }) => ['error', 'warning', 'info'].indexOf(severity));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  });

  it('end with those that are about the other server', () => {
    const servers = rulesAbout('processes', 'engine').map(({ server }) => server === 'uwsgi');
    expect(servers).toContain(true);
    expect(servers.lastIndexOf(false)).toBeLessThan(servers.indexOf(true));
    expect(rulesAbout('processes', 'engine')).toHaveLength(rulesAbout('processes').length);
  });

  it('know the other way round: every rule of experience is about some option', () => {
    const without = rules.filter((rule) => optionsOf(rule).length === 0).map(({ code }) => code);
    expect(without).toEqual([]);
    for (const rule of rules) for (const name of optionsOf(rule)) expect(findOption(name)?.name).toBe(name);
    expect(findRule('harakiri-without-master')).not.toBeNull();
  });
});
