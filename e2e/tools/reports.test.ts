import { describe, expect, it } from 'vitest';
import {
  emptyReport,
  type FileReport,
  failedFiles,
  mendSuite,
  readPlaywrightReport,
  readVitestReport,
  sumOfSuite,
} from './reports.ts';

function spec(title: string, status: string, description?: string): object {
  const annotations = description === undefined ? [] : [{ type: 'skip', description }];
  return { title, tests: [{ status, annotations }] };
}

describe('a Playwright report', () => {
  it('is counted through nested suites, with the reasons of skipped tests', () => {
    const text = JSON.stringify({
      errors: [],
      suites: [
        {
          title: 'a.spec.ts',
          specs: [spec('one', 'expected'), spec('two', 'unexpected'), spec('three', 'flaky')],
          suites: [{ title: 'group', specs: [spec('four', 'skipped', 'no Electron binary')] }],
        },
      ],
    });
    expect(readPlaywrightReport(text)).toEqual({
      passed: 2,
      failed: 1,
      skipped: 1,
      skips: ['a.spec.ts > group > four: no Electron binary'],
      unsteady: ['a.spec.ts > three'],
    });
  });

  it('counts an error outside of tests as a failure', () => {
    expect(readPlaywrightReport(JSON.stringify({ errors: [{ message: 'no config' }], suites: [] })).failed).toBe(1);
  });
});

describe('a suite of which some files failed', () => {
  const good = file('good.test.ts', { passed: 10 });
  const failed = file('failed.test.ts', { passed: 4, failed: 1 });
  const broken = file('broken.test.ts', { brokenOff: true });
  const first = { files: [good, failed, broken], errors: 1 };

  it('names them, and counts each as failed', () => {
    expect(failedFiles(first)).toEqual(['failed.test.ts', 'broken.test.ts']);
    expect(sumOfSuite(first)).toEqual({ ...emptyReport(), passed: 14, failed: 2 });
  });

  it('counts what they did the second time, and those good then as unsteady', () => {
    const again = { files: [file('failed.test.ts', { passed: 5 }), file('broken.test.ts', { passed: 3 })], errors: 0 };
    expect(sumOfSuite(mendSuite(first, again))).toEqual({
      ...emptyReport(),
      passed: 18,
      unsteady: ['failed.test.ts: a test failed beside other files', 'broken.test.ts: its process ended in the middle'],
    });
  });

  it('fails when one fails again, or ends in the middle again', () => {
    expect(sumOfSuite(mendSuite(first, { files: [failed, broken], errors: 1 }))).toEqual({
      ...emptyReport(),
      passed: 14,
      failed: 2,
    });
    const again = { files: [file('failed.test.ts', { passed: 5 }), file('broken.test.ts', { failed: 1 })], errors: 0 };
    expect(sumOfSuite(mendSuite(first, again)).failed).toBe(1);
  });
});

function file(name: string, counts: Partial<FileReport>): FileReport {
  return { ...emptyReport(), file: name, brokenOff: false, ...counts };
}

it('refuses what is no report', () => {
  expect(() => readVitestReport('[]')).toThrow('not a test report');
  expect(() => readVitestReport('{"files": [{"passed": "1"}], "errors": 0}')).toThrow('not a test report');
  expect(() => readPlaywrightReport('garbage')).toThrow();
});
