/**
 * `npm run bench`: the engine beside its peers, and what the console costs, with the project's own goals beside the
 * figures. Ends with an error only when something could not be measured; a goal that is missed is printed.
 *
 *   --only engine|console   one half    --rounds N  --seconds N  --connections N    --json FILE
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPrograms } from '../fixtures/program.ts';
import { BENCH_PACKAGES, installCommand, missingPackages } from '../tools/debian-packages.ts';
import { benchConsole, type ConsoleFigures } from './console-bench.ts';
import { benchEngines, type EngineFigures } from './engine-bench.ts';
import { consoleReport, engineReport } from './report.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '32' },
    json: { type: 'string' },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const missing = missingPackages(BENCH_PACKAGES);
  if (missing.length > 0) {
    console.error(`The benchmark needs programs that are not here:\n  ${installCommand(missing)}`);
    return 1;
  }
  const folder = await mkdtemp(join(tmpdir(), 'reeve-bench-'));
  try {
    const engines = values.only === 'console' ? [] : await engineHalf(folder);
    const ofConsole = values.only === 'engine' ? null : await consoleHalf(folder);
    if (values.json !== undefined) {
      await writeFile(values.json, `${JSON.stringify({ engines, console: ofConsole }, null, 2)}\n`);
    }
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function engineHalf(folder: string): Promise<EngineFigures[]> {
  const programs = createPrograms();
  try {
    const options = {
      rounds: Number(values.rounds),
      seconds: Number(values.seconds),
      connections: Number(values.connections),
    };
    const figures = await benchEngines(programs, folder, options);
    console.log(engineReport(figures, options.connections));
    return figures;
  } finally {
    await programs.dispose();
  }
}

async function consoleHalf(folder: string): Promise<ConsoleFigures> {
  const programs = createPrograms();
  try {
    const figures = await benchConsole(programs, folder, Math.max(10, Number(values.seconds) * 2));
    console.log(consoleReport(figures));
    return figures;
  } finally {
    await programs.dispose();
  }
}
