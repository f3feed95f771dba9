/**
 * Things that must not be in the tree: addresses of package registries, paths of the machine that somebody worked
 * on, tests that are switched off without saying why, and notes to oneself. Recorded data (goldens) is left out.
 */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

interface Rule {
  pattern: RegExp;
  /** Files the rule is for; all when it is left out. */
  only?: RegExp;
  problem: string;
}

const TEST_FILE = /\.(?:test|spec)\.tsx?$/;
const SOURCE = /\.(?:[cm]?[jt]sx?|py|sh|css|ya?ml)$/;

const RULES: Rule[] = [
  { pattern: /"resolved":|registry\.npm(?:js|mirror)\.|_authToken/, problem: 'names a package registry' },
  { pattern: /(?<![\w.])\/(?:root\/\.\w|work\/)/, problem: 'names a path of one machine' },
  { pattern: /\b(?:it|test|describe)(?:\.\w+)*\.only\b/, only: TEST_FILE, problem: 'runs only some of its tests' },
  { pattern: /\b(?:it|test|describe)(?:\.\w+)*\.(?:todo|fixme)\b/, only: TEST_FILE, problem: 'has a test not written' },
  {
    pattern: /\b(?:it|test|describe)(?:\.\w+)*\.skip\(\s*['"`]/,
    only: TEST_FILE,
    problem: 'switches a test off for good',
  },
  {
    pattern: /\b(?:it|test|describe)(?:\.\w+)*\.(?:skipIf|runIf)\b/,
    only: TEST_FILE,
    problem: 'skips without a printed reason; call skip(condition, reason) of the test context instead',
  },
  {
    pattern: /\.skip\((?:\s*|[^,()]*(?:\([^()]*\))?[^,()]*)\)/,
    only: TEST_FILE,
    problem: 'skips without a printed reason; give one as the last argument',
  },
  { pattern: /\b(?:TODO|FIXME|XXX)\b/, only: SOURCE, problem: 'has a note to oneself' },
];

/** Recorded data and the rules themselves with their test. */
const LEFT_OUT = /(?:^|\/)(?:goldens|vectors)\/|^e2e\/tools\/hygiene(?:\.test)?\.ts$|\.(?:png|ico|icns|svg|woff2?)$/;

/** Problems of these files, each with file and line. */
export function checkHygiene(root: string, files: string[]): string[] {
  return files
    .filter((path) => !LEFT_OUT.test(path))
    .flatMap((path) => checkText(path, readFileSync(posix.join(root, path), 'utf8')));
}

/** Problems of one file's text. */
export function checkText(path: string, text: string): string[] {
  const rules = RULES.filter((rule) => rule.only === undefined || rule.only.test(path));
  return text
    .split('\n')
    .flatMap((line, index) =>
      rules
        .filter((rule) => rule.pattern.test(line))
        .map((rule) => `${path}:${index + 1} ${rule.problem}: ${line.trim()}`),
    );
}
