import { describe, expect, it } from 'vitest';
import { memoryHost } from '../../../engine/config/test-host.ts';
import type { Rehearsal } from '../../contract/rehearsal.ts';
import type { RehearsalChange } from './rehearsal-lines.ts';
import { missingFolders, verdictOf } from './rehearsal-words.ts';

function change(option: string, value: string, kind: RehearsalChange['kind'] = 'moved'): RehearsalChange {
  return { kind, option, value, instead: null, why: null, origin: { file: '/srv/app/shop.ini', line: 5 } };
}

describe('folders that moving aside would hide', () => {
  const host = memoryHost({ '/srv/app/shop.ini': '', '/srv/app/run/x': '' });
  const missing = (...changes: RehearsalChange[]) =>
    missingFolders(changes, host, '/srv/app/run').map(
      ({ severity, message }) => `${severity} ${message.split(':')[0]}`,
    );

  it('are errors when they are not there', () => {
    expect(
      missing(
        change('socket', '/nope/a.sock'),
        change('pidfile', 'a.pid'),
        change('master-fifo', 'deep/a.fifo'),
        change('http', '127.0.0.1:80'),
        change('socket', '@abstract'),
        change('logto', 'run/a.log', 'left-out'),
        change('logto', '10.0.0.1:514', 'left-out'),
      ),
    ).toEqual([
      "error The folder /nope of 'socket' does not exist",
      "error The folder /srv/app/run/deep of 'master-fifo' does not exist",
    ]);
  });

  it('are warnings where a hook that was left out may make them', () => {
    const hook = change('hook-asap', 'mkdir:/nope', 'left-out');
    expect(missing(change('socket', '/nope/a.sock'), hook)[0]).toMatch(/^warning The folder \/nope/);
  });
});

describe('the verdict', () => {
  const good: Pick<Rehearsal, 'problems' | 'lines' | 'answer' | 'app' | 'appLoadMs' | 'workers' | 'steps'> = {
    problems: [],
    lines: [],
    answer: { status: 200, tookMs: 34, bytes: 10, contentType: null },
    app: 'shop.wsgi',
    appLoadMs: 1_240,
    workers: 2,
    steps: [],
  };

  it('is Done, with what it rests on', () => {
    expect(verdictOf(good)).toEqual({
      status: 'done',
      title: 'Done',
      detail: 'The application loaded in 1.2 s. 2 workers were ready. GET / was answered with 200 in 34 ms.',
    });
  });

  it('names what somebody should look at', () => {
    const problems = [{ severity: 'warning' as const, message: 'odd', file: '', line: 0 }];
    const steps = [{ id: 'ask' as const, status: 'warning' as const, detail: 'GET / gave 500' }];
    expect(verdictOf({ ...good, problems, steps }).title).toBe('Done, with 2 warnings');
  });

  it('is Would not start when an error was found beside a server that came up', () => {
    const problems = [{ severity: 'error' as const, message: 'The folder /nope does not exist.', file: '', line: 0 }];
    expect(verdictOf({ ...good, problems })).toMatchObject({ status: 'failed', title: 'Would not start' });
  });
});
