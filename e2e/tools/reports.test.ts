import { describe, expect, it } from 'vitest';
import { emptyReport, mendReport, readPlaywrightReport, readVitestReport } from './reports.ts';

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
      brokenOff: [],
    });
  });

  it('counts an error outside of tests as a failure', () => {
    expect(readPlaywrightReport(JSON.stringify({ errors: [{ message: 'no config' }], suites: [] })).failed).toBe(1);
  });
});

describe('a file whose process ended in the middle', () => {
  const first = { ...emptyReport(), passed: 10, failed: 2, brokenOff: ['a.test.ts'] };

  it('counts as unsteady when it is whole the second time, and other failures stay', () => {
    const whole = mendReport(first, { ...emptyReport(), passed: 3 });
    expect(whole).toEqual({
      ...emptyReport(),
      passed: 13,
      failed: 1,
      unsteady: ['a.test.ts: its process ended in the middle'],
    });
  });

  it('is a failure when it ends in the middle again, or a test of it fails', () => {
    const again = { ...emptyReport(), failed: 1, brokenOff: ['a.test.ts'] };
    expect(mendReport(first, again)).toEqual({ ...emptyReport(), passed: 10, failed: 2, brokenOff: ['a.test.ts'] });
    expect(mendReport(first, { ...emptyReport(), passed: 2, failed: 1 }).failed).toBe(2);
  });
});

it('refuses what is no report', () => {
  expect(() => readVitestReport('[]')).toThrow('not a test report');
  expect(() => readVitestReport('{"passed": "1"}')).toThrow('not a test report');
  expect(() => readPlaywrightReport('garbage')).toThrow();
});
