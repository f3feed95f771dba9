import { expect, test } from 'vitest';
import { resolveConfig } from '../resolve.ts';
import { memoryHost } from '../test-host.ts';
import { startAdvice } from './start-advice.ts';

function adviceOf(...argv: string[]): string[] {
  const files = { 'app.py': '', 'uwsgi.ini': '[uwsgi]\nhttp-socket = :8080\nwsgi-file = app.py\nstats = :9191\n' };
  const resolved = resolveConfig(argv, memoryHost(files));
  if (!resolved.ok) throw new Error('The file is a good one.');
  return startAdvice(resolved);
}

test('the log of a start has the warnings of the editor, with their place and code, and no mere advice', () => {
  expect(adviceOf('uwsgi.ini')).toEqual([
    expect.stringMatching(/^\/srv\/app\/uwsgi\.ini:4: warning: 'stats = :9191' .*\[stats-public\]$/),
  ]);
});

test('options of the command line are looked at, too', () => {
  expect(adviceOf('--socket', ':3031', '--wsgi-file', 'app.py')).toEqual([
    expect.stringMatching(/^command line: warning: 'socket = :3031' .*\[socket-public\]$/),
  ]);
});
