/**
 * A Vitest reporter that writes what `npm test` adds up: the counts, the reason of each skipped test, which
 * Vitest's own JSON leaves out, and which tests passed only when they ran once more, and which
 * files were broken off by the end of their process. The file is named by REEVE_REPORT.
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import { emptyReport, type Report } from './reports.ts';

export default class SumReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const path = process.env['REEVE_REPORT'];
    if (path === undefined) throw new Error('REEVE_REPORT names no file');
    const report: Report = { ...emptyReport(), failed: errors.length };
    for (const module of modules) {
      if (module.state() === 'pending') {
        report.brokenOff.push(module.relativeModuleId);
        continue;
      }
      report.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') {
          report.passed += 1;
          if (test.diagnostic()?.flaky === true) report.unsteady.push(`${module.relativeModuleId} > ${test.fullName}`);
        } else if (result.state === 'failed') {
          report.failed += 1;
        } else {
          report.skipped += 1;
          const reason = result.state === 'skipped' ? result.note : undefined;
          report.skips.push(`${module.relativeModuleId} > ${test.fullName}: ${reason ?? 'no reason given'}`);
        }
      }
    }
    writeFileSync(path, JSON.stringify(report));
  }
}
