import { describe, expect, it } from 'vitest';
import { parseListing, writerOf } from './spool-listing.ts';

const NAME = 'uwsgi_spoolfile_on_web_1_77_3_430659524_1795406918_390587';
const LISTING = `read 2000 1
4711 0 1900 50 11 ./${NAME}
0 0 1950 60 12 ./5/${NAME}
0 0 1960 60 13 ./x/${NAME}
0 3 2500 70 14 ./${NAME}9
0 0 1000 80 15 ./failed/${NAME}
not a line of it
sum 1 1 0 0 .
sum 0 0 1 1950 ./5
sum 0 0 1 1960 ./x
sum 0 0 1 1000 ./failed
`;

describe('the listing of a spooler folder', () => {
  it('tells what runs, waits, is for later, was given up, and how often it failed', () => {
    const answer = parseListing(LISTING, true);
    expect(answer).toMatchObject({
      status: 'read',
      nowMs: 2_000_000,
      counts: { running: 1, waiting: 1, later: 1, failed: 1, ignored: 1 },
      oldestDueAtMs: 1_950_000,
    });
    const tasks = answer?.status === 'read' ? answer.tasks : [];
    expect(tasks.map(({ place, state, runningPid, failures }) => [place, state, runningPid, failures])).toEqual([
      ['', 'running', 4711, 0],
      ['5', 'waiting', null, 0],
      ['x', 'ignored', null, 0],
      ['', 'later', null, 3],
      ['failed', 'failed', null, 0],
    ]);
  });

  it('says of folders of priorities that nobody looks into them without spooler-ordered, where that is known', () => {
    expect(parseListing(LISTING, false)).toMatchObject({ counts: { waiting: 0, ignored: 2 } });
    expect(parseListing(LISTING, null)).toMatchObject({ counts: { waiting: 2, ignored: 0 } });
  });

  it('says why there is none', () => {
    expect(parseListing('missing\n', null)).toEqual({ status: 'missing' });
    expect(parseListing('closed ann\ndrwx------ 2 www www 40 q\n', null)).toMatchObject({
      status: 'closed',
      user: 'ann',
    });
    expect(parseListing('sh: syntax error', null)).toBeNull();
  });

  it('reads host, process and time from the name of a task', () => {
    expect(writerOf(NAME)).toEqual({ host: 'web_1', pid: 77, queuedAtMs: 1_795_406_918_390 });
    expect(writerOf('uwsgi_spoolfile_on_by-hand')).toEqual({ host: null, pid: null, queuedAtMs: null });
  });
});
