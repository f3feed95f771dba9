/**
 * A Vitest reporter that writes what `npm test` adds up: for each file the counts, the reason of each skipped test, which
 * Vitest's own JSON leaves out, which tests passed only when they ran once more, and whether it was broken off by the
 * end of its process. The file is named by REEVE_REPORT.
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import { emptyReport, type FileReport, type SuiteReport } from './reports.ts';

export default class SumReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const path = process.env['REEVE_REPORT'];
    if (path === undefined) throw new Error('REEVE_REPORT names no file');
    const report: SuiteReport = { files: modules.map(fileReport), errors: errors.length };
    writeFileSync(path, JSON.stringify(report));
  }
}

function fileReport(module: TestModule): FileReport {
  const file = module.relativeModuleId;
  if (module.state() === 'pending') return { ...emptyReport(), file, brokenOff: true };
  const report: FileReport = { ...emptyReport(), file, brokenOff: false, failed: module.errors().length };
  for (const test of module.children.allTests()) {
    const result = test.result();
    if (result.state === 'passed') {
      report.passed += 1;
      if (test.diagnostic()?.flaky === true) report.unsteady.push(`${file} > ${test.fullName}`);
    } else if (result.state === 'failed') {
      report.failed += 1;
    } else {
      report.skipped += 1;
      const reason = result.state === 'skipped' ? result.note : undefined;
      report.skips.push(`${file} > ${test.fullName}: ${reason ?? 'no reason given'}`);
    }
  }
  return report;
}
