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
  /** Files of tests whose process ended before they did. */
  brokenOff: string[];
}

export function emptyReport(): Report {
  return { passed: 0, failed: 0, skipped: 0, skips: [], unsteady: [], brokenOff: [] };
}

/** Adds what `part` counted to `sum`. */
export function addReport(sum: Report, part: Report): void {
  sum.passed += part.passed;
  sum.failed += part.failed;
  sum.skipped += part.skipped;
  sum.skips.push(...part.skips);
  sum.unsteady.push(...part.unsteady);
  sum.brokenOff.push(...part.brokenOff);
}

/**
 * The whole of a run that lost some files to the end of their process, and of the run of just these files: they count as
 * unsteady when they were whole the second time. Each file broken off was one failure of the first run.
 */
export function mendReport(first: Report, again: Report): Report {
  const sum = { ...emptyReport(), failed: -first.brokenOff.length };
  addReport(sum, { ...first, brokenOff: [] });
  addReport(sum, again);
  const whole = first.brokenOff.filter((file) => !again.brokenOff.includes(file));
  sum.unsteady.push(...whole.map((file) => `${file}: its process ended in the middle`));
  return sum;
}

type Json = Record<string, unknown>;

/** What vitest-reporter.ts wrote. Throws when the text is no such report. */
export function readVitestReport(text: string): Report {
  const { passed, failed, skipped, skips, unsteady, brokenOff } = object(JSON.parse(text));
  const names = {
    skips: list(skips).map(String),
    unsteady: list(unsteady).map(String),
    brokenOff: list(brokenOff).map(String),
  };
  return { passed: count(passed), failed: count(failed), skipped: count(skipped), ...names };
}

/** Playwright's `json` reporter. Throws when the text is no such report. */
export function readPlaywrightReport(text: string): Report {
  const root = object(JSON.parse(text));
  const report: Report = { ...emptyReport(), failed: list(root['errors']).length };
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
