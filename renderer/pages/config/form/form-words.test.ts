import { describe, expect, it } from 'vitest';
import type { ConfigTarget } from '../../../../electron/contract/model.ts';
import { findOption, type OptionInfo } from '../../../../engine/config/option-table.ts';
import { createFormBuilder, type FormField, unsetField } from './form-model.ts';
import {
  changeWords,
  controlFor,
  defaultOf,
  effectWords,
  lackWords,
  shownNumber,
  shownState,
  steppedNumber,
  unitSign,
} from './form-words.ts';

function option(name: string): OptionInfo {
  const found = findOption(name);
  if (found === null) throw new Error(`There is no option ${name}.`);
  return found;
}

function field(name: string, text: string, savedText = text): FormField {
  const form = createFormBuilder()({ text, savedText, section: null, diagnostics: [], outside: new Map() });
  return form.fields.get(name) ?? unsetField(option(name));
}

describe('controls', () => {
  it('fit the kind of the option, and any value that it can not show is text', () => {
    expect(controlFor(option('master'), 'true')).toBe('switch');
    expect(controlFor(option('master'), '%(on)')).toBe('text');
    expect(controlFor(option('master'), 'maybe')).toBe('text');
    expect(controlFor(option('processes'), '4')).toBe('number');
    expect(controlFor(option('processes'), '$(WORKERS)')).toBe('text');
    expect(controlFor(option('cheaper-algo'), 'backlog')).toBe('choice');
    expect(controlFor(option('chdir'), '/srv')).toBe('path');
    expect(controlFor(null, '1')).toBe('text');
  });

  it('show a unit for measures, and none for what is counted', () => {
    expect(unitSign(option('harakiri'))).toBe('s');
    expect(unitSign(option('reload-on-rss'))).toBe('MiB');
    expect(unitSign(option('max-requests'))).toBe('');
  });

  it('write numbers to be read, and step them', () => {
    expect(shownNumber('5000')).toBe('5,000');
    expect(shownNumber('8192 ; large')).toBe('8192 ; large');
    expect(steppedNumber('4', 1)).toBe('5');
    expect(steppedNumber('0', -1)).toBe('0');
    expect(steppedNumber('', 1)).toBe('1');
    expect(steppedNumber('%(n)', 1)).toBeNull();
  });
});

describe('what is said about a change', () => {
  it('is what was there before, and when the new value counts on this server', () => {
    const listen = field('listen', '[uwsgi]\nlisten = 512\n', '[uwsgi]\nlisten = 1000\n');
    expect(changeWords(listen, 'uwsgi')).toBe('Was 1,000.');
    expect(effectWords(option('listen'), 'uwsgi')).toContain('on a restart');
    expect(effectWords(option('listen'), 'engine')).toBe('Takes effect on a reload.');
    expect(changeWords(field('listen', '[uwsgi]\nlisten = 512\n', '[uwsgi]\n'), 'uwsgi')).toBe('Was unset, so 100.');
    expect(changeWords(field('listen', '[uwsgi]\n', '[uwsgi]\nlisten = 9\n'), 'uwsgi')).toBe('Was 9, now not set.');
    expect(defaultOf(option('listen'), 'engine')).toBe('1024');
  });

  it('tells a value of its own from one of a condition, which can not be changed', () => {
    expect(shownState(field('threads', '[uwsgi]\nif-env = A\nthreads = 2\nendif =\n'), 'uwsgi')).toMatchObject({
      value: '2',
      isSet: false,
      isLocked: true,
    });
    expect(shownState(field('master', '[uwsgi]\nmaster = off\n'), 'uwsgi')).toMatchObject({ isOn: false, isSet: true });
    expect(shownState(field('vacuum', '[uwsgi]\n'), 'uwsgi')).toMatchObject({ isOn: false, isSet: false });
  });
});

describe('an option that the server lacks', () => {
  const missing = ['max-requests-delta', 'gevent'];
  const target: ConfigTarget = { server: 'uwsgi', version: '2.0.21', binary: 'known', missing, extra: [] };

  it('is told with its release, where that is the reason', () => {
    expect(lackWords(option('gevent'), target)).toBe('The uWSGI 2.0.21 of this server does not have it.');
    expect(lackWords(option('max-requests-delta'), target)).toMatch(/ It came with 2\.0\.\d+\.$/);
    expect(lackWords(option('max-requests'), target)).toBeNull();
    expect(lackWords(option('gevent'), null)).toBeNull();
  });

  it('is told of the engine, too, which refuses what it does not support', () => {
    const engine: ConfigTarget = { server: 'engine', version: '1.0', binary: 'known', missing: [], extra: [] };
    expect(lackWords(option('tornado'), engine)).toContain('does not support it');
    expect(lackWords(option('processes'), engine)).toBeNull();
  });
});
