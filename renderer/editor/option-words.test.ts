import { describe, expect, it } from 'vitest';
import { findOption, type OptionInfo } from '../../engine/config/option-table.ts';
import {
  afterName,
  aliasWords,
  footWords,
  headWords,
  optionCandidates,
  placeAt,
  placeholderNames,
} from './option-words.ts';

function option(name: string): OptionInfo {
  const found = findOption(name);
  if (!found) throw new Error(`no option ${name}`);
  return found;
}

describe('what the editor says about options', () => {
  it('names kind, default, letter and other names', () => {
    expect(headWords(option('processes'))).toBe('integer, default 1');
    expect(aliasWords(option('processes'), 'processes')).toBe('-p, workers');
    expect(aliasWords(option('workers'), 'workers')).toBe('-p, processes');
  });

  it('says where an option works', () => {
    expect(footWords(option('harakiri')).join(' ')).toContain('on uWSGI and on the bundled engine');
    expect(footWords(option('thunder-lock')).join(' ')).toContain('No effect on the bundled engine');
    expect(footWords(option('snmp')).join(' ')).toContain('does not support it');
    expect(footWords(option('js-app')).join(' ')).toContain('uWSGI does not know it');
  });

  it('offers every name and alias, what works before the rest', () => {
    const weights = new Map(optionCandidates().map(({ name, weight }) => [name, weight]));
    expect(weights.size).toBeGreaterThan(1200);
    expect(weights.get('processes')).toBeGreaterThan(weights.get('workers') ?? 0);
    expect(weights.get('harakiri')).toBeGreaterThan(weights.get('mono-gc-freq') ?? 0);
  });

  it('knows where on a line the cursor is', () => {
    expect(placeAt('  harak', 7)).toEqual({ type: 'key', from: 2, hasEquals: false });
    expect(placeAt('harak = 3', 5)).toEqual({ type: 'key', from: 0, hasEquals: true });
    expect(placeAt('master =  tr', 12)).toMatchObject({ type: 'value', from: 10, option: { name: 'master' } });
    expect(placeAt('chdir = %(ba', 12)).toEqual({ type: 'placeholder', from: 10 });
    expect(placeAt('; harak', 7)).toBeNull();
    expect(placeAt('[uws', 4)).toBeNull();
  });

  it('collects the placeholders a file defines', () => {
    const text = '[uwsgi]\nbase = /srv\nset = root=%(base)/x\nset-ph=port=80\nprocesses = 4\n; not = this\n';
    expect(placeholderNames(text)).toEqual(['base', 'port', 'root']);
  });

  it('writes a flag with its value and other options up to the value', () => {
    expect(afterName(option('master'), false)).toBe(' = true');
    expect(afterName(option('processes'), false)).toBe(' = ');
    expect(afterName(option('processes'), true)).toBe('');
  });
});
