/**
 * Runs the steps of `npm run check` and `npm test` one after the other and counts: a check is one test, a test
 * suite counts its own. A step is a program in a process group of its own, so that one that hangs, or an
 * interrupted run, leaves nothing behind.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  addReport,
  emptyReport,
  failedFiles,
  mendSuite,
  type Report,
  readPlaywrightReport,
  readVitestReport,
  type SuiteReport,
  sumOfSuite,
} from './reports.ts';
import { PROJECT_ROOT } from './tree.ts';

const BIN = join(PROJECT_ROOT, 'node_modules', '.bin');
/** Several times what the longest suite takes on two calm processors. */
const LONGEST_STEP_MS = 20 * 60_000;
/** In CI so many files that failed run once more, with nothing beside them; more of them are no accident. */
const MOST_AGAIN = 3;

export interface Step {
  name: string;
  run: () => Promise<Report>;
}

/** A check in this process: gives problems, none is good. One that can not do its work has failed. */
export function checkStep(name: string, check: () => string[]): Step {
  return {
    name,
    run: async () => {
      const problems = problemsOf(check);
      for (const problem of problems) console.log(`  ${problem}`);
      return one(problems.length === 0);
    },
  };
}

/** A program that is content when it exits with 0. Its output is shown only when it is not. */
export function commandStep(name: string, command: string[]): Step {
  return {
    name,
    run: async () => {
      const { code, output } = await runProgram(command, { quiet: true });
      if (code !== 0) console.log(indent(output));
      return one(code === 0);
    },
  };
}

/** A Vitest project. */
export function vitestStep(project: string): Step {
  const reporters = ['--reporter=dot', '--reporter=./e2e/tools/vitest-reporter.ts'];
  const run = (files: string[]): Promise<SuiteRun<SuiteReport>> =>
    runSuite(readVitestReport, (file) => ({
      command: ['vitest', 'run', '--project', project, ...reporters, ...files],
      env: { REEVE_REPORT: file },
    }));
  return suiteStep(`${project} tests`, async () => {
    const first = await run([]);
    const again = failedFiles(first.report);
    if (!process.env['CI'] || again.length === 0 || again.length > MOST_AGAIN) {
      return { ...first, report: sumOfSuite(first.report) };
    }
    console.log(`  once more, with nothing beside: ${again.join(', ')}`);
    const { report, code } = await run(again);
    return { report: sumOfSuite(mendSuite(first.report, report)), code };
  });
}

/** The end-to-end tests. */
export function playwrightStep(): Step {
  return suiteStep('end-to-end tests', () =>
    runSuite(readPlaywrightReport, (file) => ({
      command: ['playwright', 'test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'],
      env: { PLAYWRIGHT_JSON_OUTPUT_NAME: file },
    })),
  );
}

/** Runs all steps, prints the sum as the last line; resolves with the exit code. */
export async function runSteps(steps: Step[]): Promise<number> {
  const sum = emptyReport();
  for (const step of steps) {
    console.log(`\n== ${step.name}`);
    const began = performance.now();
    const report = await step.run();
    addReport(sum, report);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`${report.failed === 0 ? 'ok' : 'FAILED'}: ${step.name}, ${describe(report)}, ${seconds} s`);
  }
  console.log('');
  for (const skip of sum.skips) console.log(`skipped: ${skip}`);
  for (const name of sum.unsteady) console.log(`unsteady, it passed only when it ran once more: ${name}`);
  console.log(describe(sum));
  return sum.failed === 0 ? 0 : 1;
}

export function describe(report: Report): string {
  return `${report.passed} passed, ${report.failed} failed, ${report.skipped} skipped`;
}

function problemsOf(check: () => string[]): string[] {
  try {
    return check();
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

function one(passed: boolean): Report {
  return { ...emptyReport(), passed: passed ? 1 : 0, failed: passed ? 0 : 1 };
}

interface SuiteRun<T> {
  report: T;
  /** The exit code of the runner. */
  code: number;
}

function suiteStep(name: string, run: () => Promise<SuiteRun<Report>>): Step {
  return {
    name,
    run: async () => {
      try {
        const { report, code } = await run();
        // A suite that could not be loaded fails without a failed test.
        return code !== 0 && report.failed === 0 ? { ...report, failed: 1 } : report;
      } catch (error) {
        console.log(`  no report: ${error instanceof Error ? error.message : String(error)}`);
        return one(false);
      }
    },
  };
}

async function runSuite<T>(
  read: (text: string) => T,
  plan: (file: string) => { command: string[]; env: Record<string, string> },
): Promise<SuiteRun<T>> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-report-'));
  try {
    const file = join(folder, 'report.json');
    const { command, env } = plan(file);
    const { code } = await runProgram(command, { env });
    return { report: read(readFileSync(file, 'utf8')), code };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface RunOptions {
  quiet?: boolean;
  env?: Record<string, string>;
}

async function runProgram(
  [program = '', ...args]: string[],
  { quiet = false, env = {} }: RunOptions,
): Promise<{ code: number; output: string }> {
  const path = `${BIN}${delimiter}${process.env['PATH'] ?? ''}`;
  const colour = process.stdout.isTTY ? {} : { NO_COLOR: '1' };
  const child = spawn(program, args, {
    cwd: PROJECT_ROOT,
    env: { ...process.env, ...colour, ...env, PATH: path },
    stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    detached: true,
  });
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const interrupt = (signal: NodeJS.Signals): void => {
    killGroup(child.pid, signal);
    process.exitCode = 130;
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const timer = setTimeout(() => {
    console.log(`  still running after ${LONGEST_STEP_MS / 60_000} minutes: killed`);
    killGroup(child.pid, 'SIGKILL');
  }, LONGEST_STEP_MS);
  try {
    return await new Promise((resolve) => {
      child.once('error', (error) => resolve({ code: 1, output: error.message }));
      child.once('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }));
    });
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function indent(text: string): string {
  return text.trimEnd().replace(/^/gm, '  ');
}
