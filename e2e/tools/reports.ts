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

/** What one file of tests did; one that is broken off lost its process before its end, and its tests are not counted. */
export interface FileReport extends Report {
  file: string;
  brokenOff: boolean;
}

export interface SuiteReport {
  files: FileReport[];
  /** Errors outside of tests; the loss of a file's process is one. */
  errors: number;
}

export function emptyReport(): Report {
  return { passed: 0, failed: 0, skipped: 0, skips: [], unsteady: [] };
}

/** Adds what `part` counted to `sum`. */
export function addReport(sum: Report, part: Report): void {
  sum.passed += part.passed;
  sum.failed += part.failed;
  sum.skipped += part.skipped;
  sum.skips.push(...part.skips);
  sum.unsteady.push(...part.unsteady);
}

export function sumOfSuite({ files, errors }: SuiteReport): Report {
  const sum = { ...emptyReport(), failed: errors };
  for (const file of files) addReport(sum, file);
  return sum;
}

/** Files that were not good: broken off, or with a failed test. */
export function failedFiles({ files }: SuiteReport): string[] {
  return files.filter(({ failed, brokenOff }) => failed > 0 || brokenOff).map(({ file }) => file);
}

/**
 * A run, and the run of just its failed files after it: what they did the second time counts, and those that were good
 * then are unsteady.
 */
export function mendSuite(first: SuiteReport, again: SuiteReport): SuiteReport {
  const broken = first.files.filter(({ brokenOff }) => brokenOff).length;
  const stillFailed = failedFiles(again);
  const files = first.files.map((before) => {
    const after = again.files.find(({ file }) => file === before.file);
    if (after === undefined || stillFailed.includes(after.file)) return after ?? before;
    const why = before.brokenOff ? 'its process ended in the middle' : 'a test failed beside other files';
    return { ...after, unsteady: [...after.unsteady, `${after.file}: ${why}`] };
  });
  return { files, errors: Math.max(0, first.errors - broken) + again.errors };
}

type Json = Record<string, unknown>;

/** What vitest-reporter.ts wrote. Throws when the text is no such report. */
export function readVitestReport(text: string): SuiteReport {
  const { files, errors } = object(JSON.parse(text));
  return { files: list(files).map((file) => readFile(object(file))), errors: count(errors) };
}

function readFile({ file, brokenOff, passed, failed, skipped, skips, unsteady }: Json): FileReport {
  const counts = { passed: count(passed), failed: count(failed), skipped: count(skipped) };
  const names = { skips: list(skips).map(String), unsteady: list(unsteady).map(String) };
  return { file: String(file), brokenOff: brokenOff === true, ...counts, ...names };
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
