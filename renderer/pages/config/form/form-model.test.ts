import { describe, expect, it } from 'vitest';
import type { ConfigDiagnostic } from '../../../../electron/contract/model.ts';
import { optionTable } from '../../../../engine/config/option-table.ts';
import { applyEdits } from '../../../../engine/config/text-edit.ts';
import { editsFor, type FormAction } from './form-actions.ts';
import { optionGroups } from './form-groups.ts';
import { createFormBuilder, type Form, fieldAtLine, isIni, OPTION_COUNT, type OutsideValue } from './form-model.ts';
import { findOptions } from './form-search.ts';
import { includesFiles, outsideValues } from './outside-values.ts';

function form(text: string, savedText = text, diagnostics: ConfigDiagnostic[] = []): Form {
  return createFormBuilder()({ text, savedText, section: null, diagnostics, outside: new Map() });
}

function act(text: string, action: FormAction): string {
  return applyEdits(text, editsFor(text, 'uwsgi', action));
}

function problem(line: number, severity: ConfigDiagnostic['severity'], option: string | null): ConfigDiagnostic {
  return { severity, line, from: 0, to: 1, code: 'x', message: `${severity} ${option ?? ''}`, option, fix: null };
}

const TEXT = `[uwsgi]
workers = 4
env = A=1
env = B=2
; threads = 2
if-env = PROD
processes = 8
harakiri = 20
endif =
base = /srv
[other]
listen = 9
`;

describe('the form of a text', () => {
  it('has a field for each option that is set, under the name that the file uses', () => {
    const { fields, setCount } = form(TEXT);
    expect(setCount).toBe(3);
    expect(fields.get('processes')).toMatchObject({
      label: 'workers',
      lines: [{ number: 2, value: '4', condition: null }],
      conditional: [{ number: 7, value: '8', condition: 'if-env = PROD' }],
    });
    expect(fields.get('env')?.lines.map(({ value }) => value)).toEqual(['A=1', 'B=2']);
    expect(fields.get('harakiri')).toMatchObject({ lines: [], conditional: [{ number: 8 }] });
    expect(fields.get('threads')).toMatchObject({ lines: [], commentedLine: 5 });
    expect(fields.get('base')).toMatchObject({ option: null, lines: [{ number: 10 }] });
    expect(fields.has('listen')).toBe(false);
  });

  it('knows what changed since it was saved, by aliases too', () => {
    const saved = '[uwsgi]\nprocesses = 4\nlisten = 100\nenv = A=1\n';
    const { fields } = form('[uwsgi]\nworkers = 4\nlisten = 512\nenv = A=1\nenv = B=2\n', saved);
    expect(fields.get('processes')?.isChanged).toBe(false);
    expect(fields.get('listen')).toMatchObject({ isChanged: true, saved: ['100'] });
    expect(fields.get('env')?.isChanged).toBe(true);
    expect(form('[uwsgi]\n', saved).fields.get('listen')).toMatchObject({ isChanged: true, lines: [] });
  });

  it('puts problems to their lines, but no remarks and nothing about another option', () => {
    const { fields } = form(TEXT, TEXT, [
      problem(2, 'error', 'workers'),
      problem(2, 'info', 'workers'),
      problem(2, 'warning', 'listen'),
      problem(4, 'warning', null),
    ]);
    expect(fields.get('processes')?.problems).toHaveLength(1);
    expect(fields.get('env')?.problems).toHaveLength(1);
  });

  it('keeps the fields that are the same from one text to the next', () => {
    const build = createFormBuilder();
    const input = { savedText: TEXT, section: null, diagnostics: [], outside: new Map<string, OutsideValue>() };
    const before = build({ ...input, text: TEXT });
    const after = build({ ...input, text: TEXT.replace('B=2', 'B=3') });
    expect(after.fields.get('processes')).toBe(before.fields.get('processes'));
    expect(after.fields.get('env')).not.toBe(before.fields.get('env'));
  });

  it('finds the field of a line, and shows another section when it is asked for', () => {
    expect(fieldAtLine(form(TEXT), 7)?.name).toBe('processes');
    expect(fieldAtLine(form(TEXT), 1)).toBeNull();
    const other = createFormBuilder()({
      text: TEXT,
      savedText: TEXT,
      section: 'other',
      diagnostics: [],
      outside: new Map(),
    });
    expect(other).toMatchObject({ section: 'other', sections: ['uwsgi', 'other'] });
    expect(other.fields.has('listen')).toBe(true);
    expect(form('')).toMatchObject({ section: 'uwsgi', isEmpty: true, setCount: 0 });
  });

  it('is for INI files only', () => {
    expect(isIni('/etc/uwsgi/shop.ini', TEXT)).toBe(true);
    expect(isIni('/etc/uwsgi/shop', '')).toBe(true);
    expect(isIni('/etc/uwsgi/shop.yml', TEXT)).toBe(false);
    expect(isIni('/etc/uwsgi/shop.ini', 'uwsgi:\n  master: true\n')).toBe(false);
  });

  it('is ready in a few milliseconds for a file of 5,000 lines', () => {
    const text = `[uwsgi]\n${Array.from({ length: 5_000 }, (_, index) => `env = V${index}=${index}`).join('\n')}\n`;
    const build = createFormBuilder();
    const input = { savedText: text, section: null, diagnostics: [], outside: new Map<string, OutsideValue>() };
    build({ ...input, text });
    const times = Array.from({ length: 3 }, (_, round) => {
      const startMs = performance.now();
      build({ ...input, text: `${text}listen = ${round}\n` });
      return performance.now() - startMs;
    });
    // About 10 ms; the bound only tells a square from a line. The best of three: other programs run as well.
    expect(Math.min(...times)).toBeLessThan(250);
  });
});

describe('groups', () => {
  it('hold every option once, apart from those that hold lines together', () => {
    const names = optionGroups.flatMap(({ options }) => options.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    const missing = optionTable.map(({ name }) => name).filter((name) => !names.includes(name));
    expect(missing.every((name) => /^(if-|for|end)/.test(name))).toBe(true);
    expect(OPTION_COUNT).toBe(optionTable.length);
  });
});

describe('actions of the form', () => {
  it('change the value that is meant, whatever the text has become', () => {
    expect(act(TEXT, { type: 'set-at', name: 'env', index: 1, value: 'B=3' })).toBe(TEXT.replace('B=2', 'B=3'));
    expect(act(TEXT, { type: 'set-at', name: 'env', index: 2, value: 'C=3' })).toContain('env = B=2\nenv = C=3\n');
    expect(act(TEXT, { type: 'remove-at', name: 'env', index: 0 })).toBe(TEXT.replace('env = A=1\n', ''));
    expect(act(TEXT, { type: 'move-up', name: 'env', index: 1 })).toContain('env = B=2\nenv = A=1\n');
    expect(act(TEXT, { type: 'remove-at', name: 'env', index: 9 })).toBe(TEXT);
    expect(act(TEXT, { type: 'move-up', name: 'env', index: 0 })).toBe(TEXT);
  });

  it('comment out and in, and add under the name that the file uses', () => {
    const commented = act(TEXT, { type: 'comment-out', name: 'processes' });
    expect(commented).toContain('; workers = 4\n');
    expect(act(commented, { type: 'comment-in', name: 'processes' })).toBe(TEXT);
    expect(act(TEXT, { type: 'comment-in', name: 'threads' })).toContain('\nthreads = 2\n');
    expect(act(TEXT, { type: 'comment-in', name: 'listen' })).toBe(TEXT);
    expect(act('[uwsgi]\nvirtualenv = /v\n', { type: 'set', name: 'home', value: '/w' })).toBe(
      '[uwsgi]\nvirtualenv = /w\n',
    );
  });
});

describe('search', () => {
  it('finds names first, then other names, then what helps say', () => {
    expect(findOptions('workers', 5)[0]?.name).toBe('processes');
    expect(findOptions('socket chmod', 5)[0]?.name).toBe('chmod-socket');
    expect(findOptions('chmod_socket', 5)[0]?.name).toBe('chmod-socket');
    expect(findOptions('no-such-thing-anywhere', 5)).toEqual([]);
    expect(findOptions('', 7)).toHaveLength(7);
  });
});

describe('values from other files', () => {
  it('are those whose line is not in this file', () => {
    expect(includesFiles('[uwsgi]\n include = a.ini\n')).toBe(true);
    expect(includesFiles('[uwsgi]\n; include = a.ini\n')).toBe(false);
    const values = [
      { key: 'workers', value: '2', file: '/srv/common.ini', line: 3 },
      { key: 'listen', value: '2', file: '/srv/shop.ini', line: 3 },
      { key: 'master', value: '1', file: 'environment', line: 0 },
    ];
    const context = { startFolder: '/', chdir: '/', magic: {}, environment: [], values, files: [], problem: null };
    expect([...outsideValues(context, '/srv/shop.ini')]).toEqual([
      ['processes', { value: '2', place: 'common.ini:3' }],
    ]);
  });
});
