import { describe, expect, it } from 'vitest';
import type { ConfigTarget } from '../../electron/contract/model.ts';
import { parseIni } from '../../engine/config/ini-document.ts';
import { findOption, type OptionInfo } from '../../engine/config/option-table.ts';
import {
  environmentCandidates,
  magicCandidates,
  nameCandidates,
  placeholderCandidates,
  sectionCandidates,
  takesPath,
  valueCandidates,
} from './completion-candidates.ts';
import { pathStart, placeAt } from './completion-place.ts';
import { readFacts } from './document-facts.ts';

const TEXT = `[uwsgi]
base = /srv
harakiri = 30
socket = 127.0.0.1:3031
declare-option = site=chdir=$1
ini = :live

`;
const facts = readFacts(parseIni(TEXT));

function option(name: string): OptionInfo {
  const found = findOption(name);
  if (!found) throw new Error(`no option ${name}`);
  return found;
}

function names(line = 7, target: ConfigTarget | null = null) {
  return new Map(nameCandidates({ facts, line, section: 'uwsgi', target }).map((item) => [item.label, item]));
}

const context = {
  startFolder: '/srv',
  chdir: '/srv',
  magic: { d: '/srv/' },
  environment: [
    { name: 'HOME', value: '/root' },
    { name: 'API_TOKEN', value: null },
  ],
  values: [
    { key: 'base', value: '/srv', file: '/srv/a.ini', line: 2 },
    { key: 'harakiri', value: '30', file: '/srv/a.ini', line: 3 },
    { key: 'far', value: 'away', file: '/srv/b.ini', line: 1 },
  ],
  files: ['/srv/a.ini', '/srv/b.ini'],
  problem: null,
};

describe('the names that are offered', () => {
  it('are every name and alias, once', () => {
    expect(names().size).toBeGreaterThan(1_200);
  });

  it('have the usual ones first, and those that are set already last unless they may be repeated', () => {
    const boost = (name: string) => names().get(name)?.boost ?? Number.NaN;
    expect(boost('master')).toBeGreaterThan(boost('cheaper-step'));
    expect(boost('processes')).toBeGreaterThan(boost('workers'));
    expect(boost('harakiri')).toBeLessThan(boost('mono-gc-freq'));
    expect(boost('socket')).toBeGreaterThan(0);
    expect(names(3).get('harakiri')?.boost).toBeGreaterThan(0);
  });

  it('prefer what belongs to the lines around', () => {
    const far = nameCandidates({ facts, line: 60, section: 'uwsgi', target: null });
    const inFar = far.find(({ label }) => label === 'harakiri-verbose')?.boost ?? Number.NaN;
    expect(names(4).get('harakiri-verbose')?.boost).toBeGreaterThan(inFar);
  });

  it('know what the server has and has not', () => {
    const extra = [{ name: 'own-option', help: 'From its help.' }];
    const all = names(7, { server: 'uwsgi', version: '2.0.21', binary: 'known', missing: ['threads'], extra });
    expect(all.get('threads')).toMatchObject({ detail: 'not on this server', boost: -90 });
    expect(all.get('own-option')?.help).toBe('From its help.');
    expect(all.get('site')?.detail).toBe('declared here');
  });
});

function labels(name: string): string[] {
  return valueCandidates(option(name), facts).map(({ label }) => label);
}

describe('the values that are offered', () => {
  it('fit the kind of the option', () => {
    expect(labels('master')).toEqual(['true', 'false']);
    expect(labels('cheaper-algo')).toContain('busyness');
    expect(labels('http-to')).toContain('127.0.0.1:3031');
    expect(labels('if-opt')).toEqual(['base']);
  });

  it('show what a placeholder, a variable or a letter is here', () => {
    const shown = placeholderCandidates(facts, context);
    expect(shown.find(({ label }) => label === 'base')).toMatchObject({ detail: '/srv', help: 'Set in line 2: /srv' });
    expect(shown.find(({ label }) => label === 'far')?.help).toContain('another file');
    expect(placeholderCandidates(facts, null).map(({ label }) => label)).toEqual(['base']);
    expect(environmentCandidates(context).map(({ detail }) => detail)).toEqual(['/root', 'hidden']);
    expect(magicCandidates(context)[0]).toMatchObject({ label: 'd', detail: '/srv/' });
  });

  it('name sections that are asked for and missing', () => {
    expect(sectionCandidates(facts).map(({ label }) => label)).toEqual(['live']);
  });
});

describe('the place of the cursor', () => {
  it('is a name, a value, a section or a reference', () => {
    expect(placeAt('  harak', 7)).toEqual({ type: 'name', from: 2, hasEquals: false });
    expect(placeAt('harak = 3', 5)).toEqual({ type: 'name', from: 0, hasEquals: true });
    expect(placeAt('master =  tr', 12)).toMatchObject({ type: 'value', from: 10, name: 'master', typed: 'tr' });
    expect(placeAt('chdir = %(ba', 12)).toEqual({ type: 'placeholder', from: 10 });
    expect(placeAt('processes = %(n + ba', 20)).toEqual({ type: 'placeholder', from: 18 });
    expect(placeAt('env = A=$(HO', 12)).toEqual({ type: 'environment', from: 10 });
    expect(placeAt('chdir = %', 9)).toEqual({ type: 'magic', from: 9 });
    expect(placeAt('a = 5%%', 7)).toMatchObject({ type: 'value' });
    expect(placeAt('[uws', 4)).toEqual({ type: 'section', from: 1 });
    expect(placeAt('; harak', 7)).toBeNull();
  });

  it('knows where a path begins within a value', () => {
    expect([pathStart('/srv/a'), pathStart('/static=/srv'), pathStart('a,b')]).toEqual([0, 8, 2]);
  });
});

describe('paths are offered for', () => {
  it.each(['chdir', 'touch-reload', 'pythonpath', 'static-map', 'spooler', 'error-page-404', 'yaml'])('%s', (name) => {
    expect(takesPath(option(name))).toBe(true);
  });
  it.each(['env', 'spooler-processes', 'emperor-freq', 'route', 'static-index'])('and not for %s', (name) => {
    expect(takesPath(option(name))).toBe(false);
  });
});
