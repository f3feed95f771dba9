/**
 * The catalogue is true: every example has its finding, what a check says is in the catalogue, and a fix that is
 * offered makes its finding vanish without bringing an error.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CheckTarget, checkText, type Diagnostic, ENGINE_TARGET } from '../diagnostics.ts';
import type { HostFacts } from '../host.ts';
import { memoryHost } from '../test-host.ts';
import { applyEdits } from '../text-edit.ts';
import { catalogue, findRule, rules } from './catalogue.ts';
import type { RuleInfo } from './rule.ts';

const FILES = {
  'shop.py': '',
  '/srv/shop/shop.py': '',
  '/srv/spool/5/task': '',
  '/srv/site/.git/HEAD': '',
  'common.ini': '[uwsgi]\nprocesses = 4\n',
};
/** A uWSGI that lacks what only newer ones have, and the plugin gevent. */
const UWSGI: CheckTarget = { server: 'uwsgi', version: '2.0.21', options: null };
const BARE_UWSGI: CheckTarget = { server: 'uwsgi', version: null, options: new Set(['http-socket', 'module']) };
const FACTS: HostFacts = { maxBacklog: 4096, supervisor: null, isWorldWritable: () => false };

/** Errors of reading that a file can not have. */
const NOT_OF_FILES: ReadonlySet<string> = new Set(['usage']);

function targetsOf({ code, server }: RuleInfo): CheckTarget[] {
  if (code === 'option-lacking') return [BARE_UWSGI];
  if (code === 'max-requests-at-once') return [{ server: 'uwsgi', version: '2.0.30', options: null }];
  if (server === 'engine') return [ENGINE_TARGET];
  return server === 'uwsgi' ? [UWSGI] : [UWSGI, ENGINE_TARGET];
}

/** `syntax` is about other formats; supervisors and folders are facts of the machine. */
function check(info: RuleInfo, text: string, target: CheckTarget): Diagnostic[] {
  const needsSupervisor = info.code === 'no-die-on-term' || info.code === 'daemonize-supervised';
  const facts: HostFacts = needsSupervisor ? { ...FACTS, supervisor: 'systemd' } : FACTS;
  const path = info.code === 'syntax' ? 'uwsgi.json' : 'uwsgi.ini';
  return checkText(text, path, { ...memoryHost(FILES), facts }, target);
}

describe('the catalogue', () => {
  test('has each code once, with complete sentences', () => {
    const codes = catalogue.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const { code, title, why, todo } of catalogue) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(title).toMatch(/[^.]$/);
      for (const text of [why, todo]) expect(text, code).toMatch(/\.$/);
    }
  });

  test('has at least 40 rules of experience', () => {
    expect(rules.length).toBeGreaterThanOrEqual(40);
  });

  const documented = catalogue.filter(({ code }) => !NOT_OF_FILES.has(code));

  test.for(documented.map((info) => [info.code, info] as const))('%s: the example has it', ([code, info]) => {
    for (const target of targetsOf(info)) {
      const found = check(info, info.example, target);
      expect(found.map((item) => item.code)).toContain(code);
      for (const item of found) expect(findRule(item.code), item.code).not.toBeNull();
    }
  });

  test.for(documented.map((info) => [info.code, info] as const))('%s: its fixes mend', ([, info]) => {
    for (const target of targetsOf(info)) {
      const before = check(info, info.example, target);
      const errors = before.filter(({ severity }) => severity === 'error').length;
      for (const { code, line, message, fix } of before) {
        if (fix === null) continue;
        const text = applyEdits(info.example, fix.edits);
        const after = check(info, text, target);
        expect(
          after.some((item) => item.code === code && item.message === message),
          `${code} in line ${line}`,
        ).toBe(false);
        expect(after.filter(({ severity }) => severity === 'error').length).toBeLessThanOrEqual(errors);
      }
    }
  });
});

test('never throws, whatever the bytes are and whatever file they are said to be', () => {
  const words = catalogue.flatMap(({ example }) => example.split(/(?<=[\n= ])/));
  const text = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 5 })), {
    maxLength: 40,
  });
  const path = fc.constantFrom('a.ini', 'a.yml', 'a.json', 'a.xml');
  fc.assert(
    fc.property(text, path, fc.constantFrom(UWSGI, ENGINE_TARGET), (parts, name, target) => {
      const joined = `[uwsgi]\n${parts.join('')}`;
      const host = { ...memoryHost(FILES), facts: FACTS };
      for (const { code } of checkText(joined, name, host, target)) expect(findRule(code), code).not.toBeNull();
    }),
    { numRuns: 300 },
  );
});

test('a file of twice the length asks twice the questions, and no more', () => {
  const lines = [
    'touch-reload = r',
    'socket = 127.0.0.1:0',
    'env = A=%(x)',
    'x = 1',
    'cron = 1 -1 -1 -1 -1 true',
    'procesess = 1',
  ];
  const questions = (times: number): number => {
    let count = 0;
    const host = memoryHost(FILES);
    const counting = {
      ...host,
      facts: FACTS,
      kindOf: (path: string) => {
        count++;
        return host.kindOf(path);
      },
      list: (path: string) => {
        count++;
        return host.list(path);
      },
      readFile: (path: string) => {
        count++;
        return host.readFile(path);
      },
    };
    checkText(`[uwsgi]\n${`${lines.join('\n')}\n`.repeat(times)}`, 'uwsgi.ini', counting, UWSGI);
    return count;
  };
  expect(questions(200)).toBeLessThanOrEqual(2.2 * questions(100));
});
