/**
 * `npm run check`: everything that needs no process of the product and no browser. Types, format, lint, layers,
 * dead code, documents, contrast, hygiene, unit tests.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkContrast } from './contrast.ts';
import { checkDocument } from './docs.ts';
import { checkHygiene } from './hygiene.ts';
import { checkLayers } from './layers.ts';
import { checkStep, commandStep, runSteps, type Step, vitestStep } from './steps.ts';
import { PROJECT_ROOT, projectFiles } from './tree.ts';

/** The steps of `npm run check`, in order: what fails fastest and explains most comes first. */
export function checkSteps(): Step[] {
  return [
    commandStep('types', ['tsc', '-b']),
    commandStep('format', ['biome', 'ci', '--colors=off', '.']),
    commandStep('lint', ['oxlint', '--type-aware', '--quiet']),
    checkStep('layers', () => checkLayers(PROJECT_ROOT)),
    commandStep('dead code', ['knip', '--no-progress']),
    checkStep('documents', documentProblems),
    checkStep('contrast', contrastProblems),
    checkStep('hygiene', () => checkHygiene(PROJECT_ROOT, projectFiles())),
    vitestStep('unit'),
  ];
}

function documentProblems(): string[] {
  const files = projectFiles();
  const scripts = scriptNames(JSON.parse(read('package.json')));
  const documents = files.filter((path) => path.endsWith('.md') && !path.includes('/goldens/'));
  const lost = ['README.md', 'CONTRIBUTING.md', 'LICENSE'].filter((path) => !files.includes(path));
  const problems = documents.flatMap((path) => checkDocument(path, read(path), files, scripts));
  return [...lost.map((path) => `${path} is not there`), ...problems];
}

function contrastProblems(): string[] {
  const path = projectFiles().find((file) => /^renderer\/.*tokens\.css$/.test(file));
  if (path === undefined) return ['renderer has no tokens.css, the source of every colour'];
  return checkContrast(read(path)).map((problem) => `${path}: ${problem}`);
}

function scriptNames(manifest: unknown): string[] {
  if (typeof manifest !== 'object' || manifest === null || !('scripts' in manifest)) return [];
  return Object.keys(Object(manifest.scripts));
}

function read(path: string): string {
  return readFileSync(join(PROJECT_ROOT, path), 'utf8');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (!existsSync(join(PROJECT_ROOT, 'node_modules'))) throw new Error('Run npm ci first.');
  process.exitCode = await runSteps(checkSteps());
}
