import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CheckTarget, checkText, ENGINE_TARGET, UWSGI_TARGET } from './diagnostics.ts';
import { parseIni } from './ini-document.ts';
import { compareWithTable } from './target-options.ts';
import { memoryHost } from './test-host.ts';
import { applyEdits } from './text-edit.ts';

const OTHER_FILES = { 'app.py': '', 'part.ini': '[uwsgi]\nprocesess = 2\n' };

function check(text: string, target: CheckTarget = ENGINE_TARGET, env: Record<string, string> = {}) {
  return checkText(text, 'uwsgi.ini', memoryHost(OTHER_FILES, env), target);
}

function codes(text: string, target: CheckTarget = ENGINE_TARGET): string[] {
  return check(text, target).map(({ line, severity, code }) => `${line} ${severity} ${code}`);
}

/** A uWSGI 2.0.21 whose program has these options beside the most usual. */
function asked(...names: string[]): CheckTarget {
  const binary = new Map(
    ['socket', 'processes', 'master', 'ini', 'http-socket', 'need-app', ...names].map((name) => [name, '']),
  );
  return { server: 'uwsgi', version: '2.0.21', options: compareWithTable(binary, '2.0.21').known };
}

const GOOD = '[uwsgi]\nhttp-socket = :8080\nneed-app = true\nbuffer-size = 16384\nwsgi-file = app.py\n';

describe('checking a file', () => {
  test('believes the program of the server before its release, and knows what it has beyond the table', () => {
    const lacking = codes(`${GOOD}max-requests-delta = 5\nshop-magic = 1\n`, asked('buffer-size'));
    expect(lacking).toEqual(expect.arrayContaining(['6 warning newer-option', '7 warning unknown-option']));
    const having = codes(
      `${GOOD}max-requests-delta = 5\nshop-magic = 1\n`,
      asked('buffer-size', 'max-requests-delta', 'shop-magic'),
    );
    expect(having.filter((found) => /newer|unknown|lacking/.test(found))).toEqual([]);
    expect(codes(GOOD, asked())).toContain('4 warning option-lacking');
  });

  test('says of an option that the program lacks that another build is needed, never a plugin that is loaded', () => {
    const found = check(`${GOOD}gevent-monkey-patch = true\n`, asked('buffer-size', 'gevent'));
    const [lacking] = found.filter(({ code }) => code === 'option-lacking');
    expect(lacking?.message).toBe(
      "This server's uWSGI 2.0.21 with its plugin 'gevent' was built without 'gevent-monkey-patch' and ignores it without a word. Install a build of uWSGI and the plugin that has it, or remove the line.",
    );
    expect(lacking?.fix?.title).toMatch(/^Remove/);
    const unasked = check(`${GOOD}gevent-monkey-patch = true\n`, asked('buffer-size'));
    expect(unasked.map(({ code }) => code)).not.toContain('option-lacking');
  });

  test.for([ENGINE_TARGET, UWSGI_TARGET])('finds nothing in a good one, for $server', (target) => {
    expect(codes(GOOD, target)).toEqual([]);
  });

  test.for([
    ['procesess = 2', '6 error unknown-option', '6 warning unknown-option'],
    ['propagate-touch = true\nauto-weight = 1', '6 error not-supported', '6 info not-supported'],
    ['threads = true', '6 error kind', '6 warning kind'],
    ['harakiri = 30s\nmaster=1', '6 error kind', '6 warning kind'],
    ['listen = 64 # many', '6 warning inline-comment', '6 warning inline-comment'],
    ['vacuum = no # never', '6 error inline-comment', '6 warning inline-comment'],
    ['callable = app ; mine', '6 warning inline-comment', '6 warning inline-comment'],
    ['processes = 2\nworkers = 3', '6 warning duplicate', '6 warning duplicate'],
    ['env = A=%(nowhere)', '6 warning placeholder-unset', '6 warning placeholder-unset'],
    ['env = A=$(NOWHERE)', '6 warning environment-unset', '6 warning environment-unset'],
    ['env = A=%(_)', '6 warning placeholder-unset', '6 warning placeholder-unset'],
    ['include = gone.ini', '6 error file-not-read', '6 error file-not-read'],
    ['[live]\nprocesses = 2', '6 info not-read', '6 info not-read'],
    ['[live', '6 warning odd-section', '6 warning odd-section'],
    ['[ uwsgi ]', '6 warning odd-section', '6 warning odd-section'],
    ['chdir = /gone\nwsgi-file = /srv/app/app.py', '6 warning path-missing', '6 warning path-missing'],
    ['env = A=50%', '6 warning percent', '6 warning percent'],
    ['harakiri = 5', '6 info harakiri-without-master', '6 warning harakiri-without-master'],
    ['http = :8000', null, '6 warning router-without-socket'],
    ['js-app = x.mjs', '6 error bad-value', '6 warning unknown-option'],
    ['if-env = X\nelse =\nendif =', '7 error else', '7 warning else'],
    ['if-env = X\nfor = a\nendif =', null, null],
    ['for = a b\npythonpath = %(_)\nendfor =', null, null],
    ['log-format = %(uri) %(method)', null, null],
    ['if-env = X\nenv = A=$(Y)\nendif =', null, null],
    ['if-not-env = X\nenv = A=$(Y)\nendif =', '7 warning environment-unset', '7 warning environment-unset'],
    ['threads = 2\nif-env = X\nthreads = 4\nendif =', null, null],
    ['ini = :live\n[live]\nthreads = 2', null, null],
  ] as const)('%s', ([lines, engine, uwsgi]) => {
    const first = (target: CheckTarget) =>
      codes(GOOD.replace(lines.includes('wsgi-file') ? /wsgi-file.*/ : /$^/, '') + lines, target);
    expect(first(ENGINE_TARGET)[0] ?? null).toBe(engine);
    expect(first(UWSGI_TARGET)[0] ?? null).toBe(uwsgi);
  });

  test('marks the name of an option that is given twice, and nothing after it', () => {
    const double = check(`${GOOD}  harakiri = 60\nharakiri = 30`).find(({ code }) => code === 'duplicate');
    expect(double).toMatchObject({ from: 2, to: 10, option: 'harakiri' });
  });

  test('offers a fix that stands exactly in place of the mistake', () => {
    const text = `${GOOD}procesess = 2\nthreads = 2 ; two`;
    const edits = check(text).flatMap(({ fix }) => fix?.edits ?? []);
    expect(applyEdits(text, edits)).toBe(`${GOOD}processes = 2\nthreads = 2`);
  });

  test.for([
    ['[uwsgi', '[uwsgi]'],
    ['[uwsgi] ; mine', '[uwsgi]'],
    [' [uwsgi]x  ', ' [uwsgi]'],
    ['[ uwsgi ]', '[uwsgi]'],
    ['processes = 4 workers', 'processes = 4'],
    ['harakiri = 5m', 'harakiri = 300'],
    ['reload-on-rss = 1.5G', 'reload-on-rss = 1536'],
    ['limit-post = 10 MB', 'limit-post = 10485760'],
    ['env = SHARE=50%', 'env = SHARE=50%%'],
  ])('%j is mended to %j', ([line, mended]) => {
    const first = check(`[uwsgi]\n${line}\n[uwsgi]\n`).find((item) => item.line === 2 && item.fix !== null);
    expect(applyEdits(`[uwsgi]\n${line}\n[uwsgi]\n`, first?.fix?.edits ?? [])).toBe(`[uwsgi]\n${mended}\n[uwsgi]\n`);
  });

  test.for([
    ['[uwgsi]\nhttp-socket = :8080\n', '[uwsgi]\nhttp-socket = :8080\n'],
    ['[live]\na = 1\n[uwsi]\nb = 1\n', '[live]\na = 1\n[uwsgi]\nb = 1\n'],
    ['[uwsgi]\nprocesses: 2\n', '[uwsgi]\nprocesses = 2\n'],
    ['[uwsgi]\nneed-app = ture\n', '[uwsgi]\nneed-app = true\n'],
    ['[uwsgi]\ninclude = prat.ini\n', '[uwsgi]\ninclude = part.ini\n'],
    ['[uwsgi]\nini = ../app/part.int:live\n', '[uwsgi]\nini = ../app/part.ini:live\n'],
    ['[uwsgi]\nsubscription-algo = wrrr\n', '[uwsgi]\nsubscription-algo = wrr\n'],
  ] as const)('%j is mended to %j for both servers', ([text, mended]) => {
    for (const target of [ENGINE_TARGET, UWSGI_TARGET]) {
      const found = check(text, target).find(({ fix, severity }) => fix !== null && severity !== 'info');
      expect(applyEdits(text, found?.fix?.edits ?? [])).toBe(mended);
    }
  });

  test.for([
    '[uwsgi]\ninclude = other.ini\n',
    '[uwsgi]\ninclude = %(folder)/prat.ini\n',
    '[uwsig]\na = 1\n[uwsi]\nb = 1\n',
    '[uwsgi]\nneed-app = perhaps\n',
  ])('nothing is offered for %j: more than one thing can have been meant', (text) => {
    const offered = check(text).filter(({ code }) => ['file-not-read', 'no-section', 'kind'].includes(code));
    expect(offered.map(({ fix }) => fix)).toEqual(offered.map(() => null));
    expect(offered).not.toEqual([]);
  });

  test('a misspelt placeholder is mended to the nearest that is set', () => {
    const text = '[uwsgi]\nproject = shop\nenv = A=/srv/%(proejct)/x\n';
    const found = check(text).find(({ code }) => code === 'placeholder-unset');
    expect(applyEdits(text, found?.fix?.edits ?? [])).toBe('[uwsgi]\nproject = shop\nenv = A=/srv/%(project)/x\n');
  });

  test.for([
    ['{"uwsgi": {}}', 'JSON'],
    ['<uwsgi><http>:80</http></uwsgi>', 'XML'],
    ['uwsgi:\n  http: :80\n', 'YAML'],
    ['\u007fELF\u0001\u0001\0\0', 'binary'],
  ] as const)('says of %j that it is %s', ([text, kind]) => {
    const found = check(text);
    expect(found.map(({ code }) => code)).toEqual(['not-ini']);
    expect(found[0]?.message).toContain(kind);
  });

  test('says that a file without [uwsgi] is not read', () => {
    expect(codes('processes = 2')[0]).toBe('0 error no-section');
    expect(check('[live]\nprocesses = 2')[0]?.message).toContain('--ini uwsgi.ini:live');
  });

  test('tells errors of included files with their place, at the line that includes them', () => {
    const found = check(`${GOOD}include = part.ini`);
    expect(found[0]).toMatchObject({ line: 6, from: 10, to: 18, severity: 'error', code: 'unknown-option' });
    expect(found[0]?.message).toMatch(/^part.ini:2: Unknown option 'procesess'/);
  });

  test('writes paths that placeholders make without doubled slashes', () => {
    const found = checkText('[uwsgi]\ntouch-reload = %d/\n', '/tmp/x/shop.ini', memoryHost({ '/tmp/x/app.py': '' }));
    const words = found.map(({ message }) => message).join('\n');
    expect(words).toContain('/tmp/x/ is a folder');
    expect(words).not.toContain('x//');
  });

  test('reads the edited text and not the saved one, and no options from the environment', () => {
    const host = memoryHost({ ...OTHER_FILES, 'uwsgi.ini': '[uwsgi]\nbroken = 1' }, { UWSGI_BROKEN: '1' });
    expect(checkText(GOOD, '/srv/app/uwsgi.ini', host)).toEqual([]);
  });

  test('never throws, and every place it names is in the text', () => {
    const parts = fc.constantFrom(
      '[uwsgi]',
      '\n',
      '=',
      ' ',
      'http',
      ':80',
      '%(',
      ')',
      '$(',
      '@(',
      'ini',
      'for',
      'end',
      '%',
      ';',
      'set',
      'x',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 40 }), (words) => {
        const text = `[uwsgi]\n${words.join('')}`;
        const { lines } = parseIni(text);
        for (const { line, from, to } of check(text)) {
          const length = line === 0 ? 0 : (lines[line - 1]?.text.length ?? -1);
          expect(from <= to && to <= length).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

test.each(['', '; nothing yet\n', '[live]\nprocesses = 2\n'])('a file without [uwsgi] has one error: %j', (text) => {
  const errors = check(text).filter(({ severity }) => severity === 'error');
  expect(errors.map(({ code }) => code)).toEqual(['no-section']);
});

test.for([
  ['lines', '[a]\n'.repeat(150_000)],
  ['openings of variables', `b = ${'$('.repeat(300_000)}`],
  ['openings of placeholders', `b = ${'%('.repeat(300_000)}`],
  ['blanks in a value', `processes = 1${' '.repeat(200_000)}x;`],
  ['stars in a pattern', `for-glob = ${'*p'.repeat(2000)}*\nb = 1\n`],
] as const)('no amount of %s makes it throw or takes long', ([, text]) => {
  expect(check(GOOD + text).length).toBeGreaterThan(0);
});

test("a file of 'for-readline' that is not there is told; the lines of the loop are left out, as in uWSGI", () => {
  const text = `${GOOD}for-readline = gone.txt\nenv = A=%(_)\nendfor =\n`;
  for (const target of [ENGINE_TARGET, UWSGI_TARGET]) {
    expect(codes(text, target).filter((found) => found.startsWith('6 '))).toEqual(['6 warning file-not-read']);
  }
});

test.for([
  ['strict = true\nprocesess = 4 ; four\n', '7 error unknown-option'],
  ['if-dir = $(HOME)\nendif =\n', '6 warning early-placeholder'],
  ['for = %(names)\nenv = A=%(_)\nendfor =\n', '6 warning early-placeholder'],
  ['iprint = %(names)\n', '6 warning early-placeholder'],
] as const)('%j is found for both servers: %s', ([text, expected]) => {
  const before = GOOD.replace('need-app', 'names = a\nneed-app').replace('buffer-size = 16384\n', '');
  for (const target of [ENGINE_TARGET, UWSGI_TARGET]) expect(codes(before + text, target)).toContain(expected);
});

test.each(['processes = %k\n', 'threads = 1%k\n'])('a magic variable is as good as a number: %j', (text) => {
  for (const target of [ENGINE_TARGET, UWSGI_TARGET]) {
    expect(codes(GOOD + text, target)).not.toContainEqual(expect.stringMatching(/ kind$/));
  }
});
