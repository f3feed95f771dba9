/** The scripts for spoolers' folders, run here by the shells there are: as another user, with thousands of tasks, with hard names. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MOST_LISTED_TASKS } from '../../contract/background-model.ts';
import { closedBy, GIVEN_UP, parseListing } from './spool-listing.ts';
import { CHANGE_SCRIPT, LIST_SCRIPT, READ_SCRIPT } from './spool-scripts.ts';
import { taskBytes, writeTask } from './testing/task-file.ts';

const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];
const isRoot = process.getuid?.() === 0;

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-spool-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function run(script: string, args: readonly string[], { shell = ['sh'], input = '' } = {}): string {
  const [program = 'sh', ...before] = shell;
  return execFileSync(program, [...before, '-c', script, 'reeve-spool', ...args], { input }).toString('latin1');
}

function list(shell?: string[]): ReturnType<typeof parseListing> {
  return parseListing(run(LIST_SCRIPT, [folder, '100'], shell === undefined ? {} : { shell }), true);
}

describe.each(
  [['dash'], ['bash', '--posix'], ['bash']].filter(([shell = '']) => spawnSync(shell, ['-c', ':']).status === 0),
)('in the shell %s %s', (...shell) => {
  const words = shell.filter((word) => typeof word === 'string');

  it('a folder is listed, a task is read and changed', async () => {
    const one = await writeTask(folder, taskBytes([['k', 'v']], 'BODY'));
    const two = await writeTask(folder, taskBytes([]), { place: '7', dueAtMs: Date.now() + 90_000 });
    await writeTask(folder, taskBytes([]), { place: `${GIVEN_UP}/7` });
    await writeFile(join(folder, 'other.txt'), '');
    await mkdir(join(folder, '.attempts'));
    await writeFile(join(folder, '.attempts', two), '{"attempts": 12, "last": 1795400000.5, "reason": "no"}');
    const listed = list(words);
    expect(listed).toMatchObject({ counts: { waiting: 1, later: 1, failed: 1, running: 0 } });
    const tasks = listed?.status === 'read' ? listed.tasks : [];
    expect(Object.fromEntries(tasks.map(({ name, failures }) => [name, failures]))).toMatchObject({
      [one]: 0,
      [two]: 12,
    });
    const [head = '', bytes = ''] = run(READ_SCRIPT, [folder, '', one, '9'], { shell: words }).split(/\n(.*)/s);
    expect(head).toMatch(/^read 0 \d+ 14 $/);
    expect(bytes).toBe('\x11\x06\0\0\x01\0k\x01\0');
    const input = `/${one}\n7/${two}\n/uwsgi_spoolfile_on_nobody\n`;
    expect(run(CHANGE_SCRIPT, ['delete', folder, GIVEN_UP], { shell: words, input })).toBe('done\ndone\ngone\n');
    expect(await readdir(join(folder, '7'))).toEqual([]);
  });

  it('a task that was given up goes back to the folder of its priority, not over another', async () => {
    const name = await writeTask(folder, taskBytes([]), { place: `${GIVEN_UP}/7` });
    const input = `${GIVEN_UP}/7/${name}\n`;
    const retry = (): string => run(CHANGE_SCRIPT, ['retry', folder, GIVEN_UP], { shell: words, input });
    expect(retry()).toBe('done\n');
    expect(await readdir(join(folder, '7'))).toEqual([name]);
    await writeFile(join(folder, GIVEN_UP, '7', name), 'again');
    expect(retry()).toMatch(/^failed .*already/);
    expect(await readdir(join(folder, GIVEN_UP, '7'))).toEqual([name]);
  });
});

it('names and folders are never commands', async () => {
  const hard = join(folder, `a $(touch ran) 'b' "c" ; -x`);
  await mkdir(hard);
  const name = "uwsgi_spoolfile_on_$(touch ran)'; rm -rf * -";
  await writeFile(join(hard, name), taskBytes([]));
  const found = parseListing(run(LIST_SCRIPT, [hard, '10']), true);
  expect(found).toMatchObject({ counts: { waiting: 1 }, tasks: [{ name }] });
  expect(run(CHANGE_SCRIPT, ['delete', hard, GIVEN_UP], { input: `/${name}\n` })).toBe('done\n');
  expect(await readdir(folder)).toHaveLength(1);
});

it('of thousands of tasks the oldest are listed and all are counted', async () => {
  await Promise.all(
    Array.from({ length: 3_000 }, async (_, i) =>
      writeFile(join(folder, `uwsgi_spoolfile_on_h_1_${i}_1_1795329700_1`), ''),
    ),
  );
  const text = run(LIST_SCRIPT, [folder, String(MOST_LISTED_TASKS)]);
  const found = parseListing(text, true);
  expect(found).toMatchObject({ counts: { waiting: 3_000 } });
  expect(found?.status === 'read' ? found.tasks.length : 0).toBe(MOST_LISTED_TASKS);
});

it('who may not read or change is told so', async ({ skip }) => {
  skip(!isRoot, 'only root may become another user');
  const name = await writeTask(folder, taskBytes([]));
  const shell = [...AS_NOBODY, 'sh'];
  expect(list(shell)).toMatchObject({ status: 'closed' });
  await chmod(folder, 0o755);
  expect(list(shell)).toMatchObject({ counts: { waiting: 1 } });
  const closed = run(READ_SCRIPT, [folder, '', name, '9'], { shell });
  expect(closedBy(closed)).toMatchObject({ user: expect.any(String), listing: expect.stringContaining('-rw-------') });
  expect(run(CHANGE_SCRIPT, ['delete', folder, GIVEN_UP], { shell, input: `/${name}\n` })).toMatch(/^failed .*denied/);
  expect(await readdir(folder)).toEqual([name]);
});

it('a folder that is not there is told', () => {
  expect(parseListing(run(LIST_SCRIPT, [join(folder, 'no'), '1']), true)).toEqual({ status: 'missing' });
});
