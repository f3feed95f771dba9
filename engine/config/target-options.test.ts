import { describe, expect, test } from 'vitest';
import { compareWithTable, isNewerThan, parseBinaryOptions, releaseOf } from './target-options.ts';

const HELP = `Usage: /usr/bin/uwsgi-core [options...]
    -s|--socket                           bind somewhere
    -p|--processes                        so many
    --master                              a master
    --ini                                 a file
    --http-to                             a backend
    --no-words
    --shop-magic                          what this build adds
`;

describe('what a binary says of itself', () => {
  test('the output of --help gives names and words', () => {
    const found = parseBinaryOptions(HELP);
    expect([...(found ?? [])]).toEqual([
      ['socket', 'bind somewhere'],
      ['processes', 'so many'],
      ['master', 'a master'],
      ['ini', 'a file'],
      ['http-to', 'a backend'],
      ['no-words', ''],
      ['shop-magic', 'what this build adds'],
    ]);
  });

  test('the output of --dump-options gives names', () => {
    const found = parseBinaryOptions('socket\nprocesses\nmaster\nini\r\nchmod-socket\n\nnot an option\n');
    expect([...(found?.keys() ?? [])]).toEqual(['socket', 'processes', 'master', 'ini', 'chmod-socket']);
  });

  test('the output of another program is none', () => {
    for (const output of ['', 'Usage: cat [OPTION]... [FILE]...\n  -A, --show-all\n      --help\n', '\0\0--socket\n']) {
      expect(parseBinaryOptions(output)).toBeNull();
    }
  });

  test('an endless output ends somewhere', () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `    --made-up-${i}  ${'x'.repeat(600)}`);
    const found = parseBinaryOptions(`${HELP}${lines.join('\n')}`);
    expect(found?.size).toBe(10_000);
    expect(found?.get('made-up-1')).toHaveLength(500);
  });
});

describe('the table beside a binary', () => {
  test('an option of the core that it lacks is missing, under all its names', () => {
    const { missing, known } = compareWithTable(parseBinaryOptions(HELP), null);
    expect(missing).toContain('harakiri');
    expect(missing).toContain('workers');
    expect(missing).not.toContain('socket');
    expect(known?.has('harakiri')).toBe(false);
    expect(known?.has('socket')).toBe(true);
  });

  test('of a plugin that was not loaded nothing is said, of one that was everything', () => {
    const { missing, known } = compareWithTable(parseBinaryOptions(HELP), null);
    expect(missing).not.toContain('wsgi-file');
    expect(known?.has('wsgi-file')).toBe(true);
    expect(missing).toContain('http-timeout');
    expect(known?.has('http-timeout')).toBe(false);
  });

  test('what it has beyond the table comes with its own words', () => {
    const { extra, known } = compareWithTable(parseBinaryOptions(HELP), null);
    expect(extra).toEqual([
      { name: 'no-words', help: '' },
      { name: 'shop-magic', help: 'what this build adds' },
    ]);
    expect(known?.has('shop-magic')).toBe(true);
  });

  test("Reeve's own options are missing in every uWSGI", () => {
    expect(compareWithTable(null, null)).toMatchObject({ known: null, extra: [] });
    expect(compareWithTable(null, null).missing).toContain('reload-timeout');
  });

  test('without a binary the release says what is too new', () => {
    expect(compareWithTable(null, '2.0.21').missing).toContain('max-requests-delta');
    expect(compareWithTable(null, '2.0.29').missing).not.toContain('max-requests-delta');
    expect(compareWithTable(null, null).missing).not.toContain('max-requests-delta');
  });

  test('a binary that has an option is believed, whatever its release', () => {
    const backported = parseBinaryOptions(`${HELP}    --max-requests-delta  spread\n`);
    expect(compareWithTable(backported, '2.0.21').missing).not.toContain('max-requests-delta');
  });
});

test('releases are compared by their numbers', () => {
  expect(isNewerThan({ since: '2.0.22' }, '2.0.9')).toBe(true);
  expect(isNewerThan({ since: '2.0.22' }, '2.0.22')).toBe(false);
  expect(isNewerThan({ since: '2.0.22' }, '2.1')).toBe(false);
  expect(isNewerThan({ since: '2.0.25' }, '2.0.25.1')).toBe(false);
  expect(isNewerThan({ since: null }, '2.0.1')).toBe(false);
  expect(releaseOf('2.0.21-debian')).toBe('2.0.21');
  expect(releaseOf('2.0.25.1')).toBe('2.0.25.1');
  expect(releaseOf('reeve 0.1')).toBeNull();
});
