import { expect, it } from 'vitest';
import { linesAbout } from './vassal-log.ts';

const LOG = `*** Starting uWSGI ***
getting INI configuration from data.ini
[emperor] vassal data.ini has been spawned
noise of long ago
1
2
3
4
5
6
ModuleNotFoundError: No module named 'shop'
unable to load app 0 (mountpoint='') (callable not found or import error)
[emperor] curse the uwsgi instance a.ini (pid: 4)
[emperor] removed uwsgi instance a.ini
`;

it('the log about a vassal is what names it and what came before it was given up', () => {
  const lines = linesAbout(LOG, 'a.ini');
  expect(lines).toContain("ModuleNotFoundError: No module named 'shop'");
  expect(lines.at(-1)).toBe('[emperor] removed uwsgi instance a.ini');
  expect(lines).not.toContain('noise of long ago');
});

it('a vassal is not named by another one whose name ends with its own', () => {
  expect(linesAbout(LOG, 'a.ini').some((line) => line.includes('data.ini'))).toBe(false);
  expect(linesAbout(LOG, 'data.ini')).toEqual([
    'getting INI configuration from data.ini',
    '[emperor] vassal data.ini has been spawned',
  ]);
});

it('secrets in the log stay hidden', () => {
  const [line] = linesAbout('a.ini: DB_PASSWORD=hunter2\n', 'a.ini');
  expect(line).not.toContain('hunter2');
});
