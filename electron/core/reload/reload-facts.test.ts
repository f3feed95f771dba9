import { describe, expect, it } from 'vitest';
import { CoreError, type ErrorCode } from '../errors.ts';
import { type ForecastFacts, makeForecast } from './forecast.ts';
import { fifoChecks } from './reload-plan.ts';
import { judgeUnit } from './systemd-unit.ts';

const facts: ForecastFacts = {
  isReeveEngine: false,
  chain: false,
  full: true,
  router: false,
  workers: 8,
  startupMs: 2_000,
  reqPerSec: 86,
  listen: 100,
  longestMs: 0,
  mercyMs: 60_000,
};

const show = (command: string, pid = 812) =>
  `MainPID=${pid}\nExecReload={ path=/bin/kill ; argv[]=${command} ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }\n`;

describe('the forecast', () => {
  it('multiplies the rate with the time without a worker and compares with listen', () => {
    expect(makeForecast(facts)).toMatchObject({
      queuePeak: 100,
      requestsAtRisk: 158,
      text: '86 req/s × 3.0 s without a worker: about 258 requests wait, 100 may, so about 158 are refused.',
    });
    expect(makeForecast({ ...facts, reqPerSec: 4.2 }).text).toBe(
      '4.2 req/s × 3.0 s without a worker: about 13 requests wait, 100 may.',
    );
  });

  it('says that the longest request holds up all workers of a full reload, and what happens to the HTTP router', () => {
    const { text } = makeForecast({ ...facts, longestMs: 9_000, router: true });
    expect(text).toContain('A request has run for 9.0 s: until it ends, at most 60 s, nobody takes requests either.');
    expect(text).toContain('The HTTP router is killed first');
    const chain = makeForecast({ ...facts, longestMs: 9_000, router: true, chain: true, full: false });
    expect(chain.text).not.toMatch(/router|nobody/);
  });

  it('puts nobody at risk in a chain, and says nothing of a rate that is not measured', () => {
    expect(makeForecast({ ...facts, chain: true, full: false })).toMatchObject({ requestsAtRisk: 0 });
    expect(makeForecast({ ...facts, reqPerSec: null })).toMatchObject({ queuePeak: null, requestsAtRisk: null });
  });
});

describe('the check of a FIFO', () => {
  it.each<[ErrorCode, string]>([
    ['fifo-missing', 'FIFO exists'],
    ['fifo-not-fifo', 'FIFO is a FIFO'],
    ['fifo-permission', 'FIFO can be written'],
    ['fifo-no-reader', 'Master is reading it'],
    ['sudo-refused', 'sudo -n is allowed'],
    ['command-failed', 'FIFO can be looked at'],
  ])('that fails with %s says no to what that means', (code, title) => {
    const error = new CoreError(code, {});
    const fifo = { path: '/run/a.fifo', check: { status: 'unusable' as const, error }, owner: null };
    expect(fifoChecks({ fifo, masterPid: 1 })).toMatchObject([{ title, value: 'no', status: 'fail' }]);
  });
});

describe('a systemd unit', () => {
  it.each(['/bin/kill -HUP $MAINPID', '/bin/kill -s HUP ${MAINPID}', '/usr/bin/uwsgi --reload /run/app.pid'])(
    'is reloaded when its ExecReload is %s',
    (command) => {
      expect(judgeUnit(show(command), 'shop.service', 812)).toBeNull();
    },
  );

  it('is left alone when what it would do is not known, or meant for another process', () => {
    expect(judgeUnit('MainPID=812\n', 'shop.service', 812)).toContain('no ExecReload');
    expect(judgeUnit(show('/bin/kill -HUP $MAINPID', 700), 'shop.service', 812)).toContain('is 700');
    expect(judgeUnit(show('/bin/kill -TERM $MAINPID'), 'shop.service', 812)).toContain('not known to be a reload');
    expect(judgeUnit(show('/etc/init.d/uwsgi reload'), 'uwsgi.service', 812)).toContain('/etc/init.d/uwsgi reload');
  });
});
