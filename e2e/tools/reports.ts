/**
 * Reads the reports of Vitest and Playwright into one shape: how many tests passed, failed and were skipped,
 * and for the skipped ones their name and the reason given.
 */

export interface Report {
  passed: number;
  failed: number;
  skipped: number;
  /** `name: reason` of each skipped test. */
  skips: string[];
  /** Names of tests that failed and passed when they ran once more. */
  unsteady: string[];
}

type Json = Record<string, unknown>;

/** What vitest-reporter.ts wrote. Throws when the text is no such report. */
export function readVitestReport(text: string): Report {
  const { passed, failed, skipped, skips, unsteady } = object(JSON.parse(text));
  const names = { skips: list(skips).map(String), unsteady: list(unsteady).map(String) };
  return { passed: count(passed), failed: count(failed), skipped: count(skipped), ...names };
}

/** Playwright's `json` reporter. Throws when the text is no such report. */
export function readPlaywrightReport(text: string): Report {
  const root = object(JSON.parse(text));
  const report: Report = { passed: 0, failed: list(root['errors']).length, skipped: 0, skips: [], unsteady: [] };
  const readSuite = (suite: Json, titles: string[]): void => {
    const path = [...titles, String(suite['title'])];
    for (const spec of list(suite['specs']).map(object)) {
      for (const test of list(spec['tests']).map(object)) countTest(report, test, [...path, String(spec['title'])]);
    }
    for (const child of list(suite['suites'])) readSuite(object(child), path);
  };
  for (const suite of list(root['suites'])) readSuite(object(suite), []);
  return report;
}

function countTest(report: Report, test: Json, titles: string[]): void {
  if (test['status'] === 'expected' || test['status'] === 'flaky') {
    report.passed += 1;
    if (test['status'] === 'flaky') report.unsteady.push(titles.join(' > '));
  } else if (test['status'] === 'skipped') {
    report.skipped += 1;
    const reasons = list(test['annotations']).map((annotation) => object(annotation)['description']);
    report.skips.push(`${titles.join(' > ')}: ${reasons.filter(Boolean).join('; ') || 'no reason given'}`);
  } else {
    report.failed += 1;
  }
}

function count(value: unknown): number {
  if (typeof value !== 'number') throw new Error('not a test report');
  return value;
}

function object(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not a test report');
  return Object.fromEntries(Object.entries(value));
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
