/**
 * `npm run bench`: the engine beside its peers, and what the console costs, with the project's own goals beside the
 * figures. Ends with an error only when something could not be measured; a goal that is missed is printed.
 *
 *   npm run bench                        everything
 *   npm run bench -- engine | console | editor | ssh   one part
 *   npm run bench -- hello uwsgi-pass    these rows (rows.ts)
 *   --rounds N  --seconds N  --json FILE
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPrograms, type Programs } from '../fixtures/program.ts';
import { BENCH_PACKAGES, installCommand, missingPackages } from '../tools/debian-packages.ts';
import { benchConsole, type ConsoleFigures } from './console-bench.ts';
import { benchEditor, type EditorFigures } from './editor-bench.ts';
import { consoleReport, editorReport, rowReport, sshReport } from './report.ts';
import type { BenchRow, RowResult } from './row.ts';
import { readCount, selectRows } from './rows.ts';
import { benchSsh, type SshFigures } from './ssh-bench.ts';

const USAGE =
  'npm run bench -- [engine | console | editor | ssh | names of rows] [--rounds N] [--seconds N] [--json FILE]';

const { values, selection, rounds, seconds } = readArguments();
/** What runs now. */
let inUse: Programs | null = null;
process.exitCode = await main();

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '5' },
        json: { type: 'string' },
      },
    });
    return {
      values,
      selection: selectRows(positionals),
      rounds: readCount('rounds', values.rounds),
      seconds: readCount('seconds', values.seconds),
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}

async function main(): Promise<number> {
  const missing = missingPackages(BENCH_PACKAGES);
  if (missing.length > 0) {
    console.error(`The benchmark needs programs that are not here:\n  ${installCommand(missing)}`);
    return 1;
  }
  const folder = await mkdtemp(join(tmpdir(), 'reeve-bench-'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void breakOff(folder));
  try {
    const rows: (RowResult & { id: string })[] = [];
    for (const row of selection.rows) {
      const result = await measureRow(row, folder);
      if (result !== null) rows.push({ id: row.id, ...result });
    }
    const ofConsole = selection.console ? await consoleHalf(folder) : null;
    const ofEditor = selection.editor ? await editorPart(folder) : null;
    const ofSsh = selection.ssh ? await sshPart(folder) : null;
    const goals = rows.flatMap((row) => row.goals);
    if (rows.length > 0) console.log(`\n${goals.filter(({ isMet }) => isMet).length} of ${goals.length} goals met`);
    if (values.json !== undefined) {
      const all = { rows, console: ofConsole, editor: ofEditor, ssh: ofSsh };
      await writeFile(values.json, `${JSON.stringify(all, null, 2)}\n`);
    }
    return rows.length === selection.rows.length ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Interrupted, it leaves no server and no folder behind. */
async function breakOff(folder: string): Promise<void> {
  try {
    await inUse?.dispose();
    await rm(folder, { recursive: true, force: true });
  } finally {
    process.exit(130);
  }
}

/** Runs one part with programs of its own, which have ended when it is over. */
async function withPrograms<T>(run: (programs: Programs) => Promise<T>): Promise<T> {
  const programs = createPrograms();
  inUse = programs;
  try {
    return await run(programs);
  } finally {
    inUse = null;
    await programs.dispose();
  }
}

/** Null: it could not be measured, which was said. */
async function measureRow(row: BenchRow, parent: string): Promise<RowResult | null> {
  const folder = join(parent, row.id);
  await mkdir(folder);
  return withPrograms(async (programs) => {
    try {
      const result = await row.run({ programs, folder, rounds, seconds });
      console.log(rowReport(row, result));
      return result;
    } catch (error) {
      console.error(`\n${row.id} could not be measured: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  });
}

async function consoleHalf(folder: string): Promise<ConsoleFigures> {
  const figures = await withPrograms((programs) => benchConsole(programs, folder, Math.max(10, seconds * 2)));
  console.log(consoleReport(figures));
  return figures;
}

async function editorPart(folder: string): Promise<EditorFigures> {
  const figures = await withPrograms((programs) => benchEditor(programs, join(folder, 'editor')));
  console.log(editorReport(figures));
  return figures;
}

async function sshPart(folder: string): Promise<SshFigures> {
  const figures = await withPrograms((programs) => benchSsh(programs, join(folder, 'ssh'), Math.max(10, seconds * 2)));
  console.log(sshReport(figures));
  return figures;
}
