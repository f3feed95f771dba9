/**
 * `npm test`: everything. What `npm run check` does, then the tests with real processes, the build, and the
 * end-to-end tests in Chromium. The last line is the sum over all suites.
 */
import { checkSteps } from './check.ts';
import { ensurePackages, installCommand, TEST_PACKAGES } from './debian-packages.ts';
import { commandStep, playwrightStep, runSteps, vitestStep } from './steps.ts';

const missing = ensurePackages(TEST_PACKAGES);
if (missing.length > 0) {
  console.log(`The tests need programs that are not here. On Debian this installs them:\n  ${installCommand(missing)}`);
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
} else {
  const steps = [
    ...checkSteps(),
    vitestStep('process'),
    commandStep('build', ['npm', 'run', '--silent', 'build']),
    playwrightStep(),
  ];
  process.exitCode = await runSteps(steps);
}
