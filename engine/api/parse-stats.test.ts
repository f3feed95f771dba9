import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStats } from './parse-stats.ts';

const goldens = new URL('../goldens/stats/', import.meta.url);

function recorded(name: string, file = 'stats.raw.json'): string {
  return readFileSync(new URL(`${name}/${file}`, goldens), 'utf8');
}

function codeOf(text: string): string {
  const reading = parseStats(text);
  return reading.status === 'not-stats' ? reading.code : reading.status;
}

describe('parseStats', () => {
  it('reads every key of a busy worker', () => {
    const reading = parseStats(recorded('busy'));
    if (reading.status !== 'stats') throw new Error(reading.status);
    const [busy] = reading.document.workers;
    expect(busy).toMatchObject({ id: 1, pid: 23109, status: 'busy', tx: 52, avg_rt: 167, respawn_count: 1 });
    expect(busy?.cores[0]?.vars).toContain('HTTP_COOKIE=session=abc');
    expect(busy?.cores[0]?.req_info).toEqual({ request_start: 1795333790 });
    expect(reading.document.sockets[0]).toMatchObject({ name: 'app.sock', proto: 'http' });
    expect(reading.notes).toEqual([]);
  });

  it('reads what a server has beside workers, and keeps the sections it does not know aside', () => {
    const reading = parseStats(recorded('full').replace('"locks":', '"legions":[],"locks":'));
    if (reading.status !== 'stats') throw new Error(reading.status);
    const { document } = reading;
    expect(document.caches?.map(({ name, items, blocksize }) => [name, items, blocksize])).toEqual([
      ['web', 1, 1024],
      ['other', 0, 65536],
    ]);
    expect(document.metrics?.['worker.0.requests']).toEqual({ type: 0, oid: '3.0.1', value: 3 });
    expect(document.spoolers).toHaveLength(1);
    expect(document.crons?.[0]).toMatchObject({ pid: -1, legion: '' });
    expect(document.daemons?.[0]).toEqual({ cmd: '/bin/sleep 60', pid: 23173, respawns: 0 });
    expect(Object.keys(reading.extra)).toEqual(['legions']);
    expect(reading.notes).toEqual([]);
  });

  it('reads the document behind an HTTP head', () => {
    expect(codeOf(recorded('minified-http'))).toBe('stats');
  });

  it('tells an emperor and a router from an instance', () => {
    const emperor = parseStats(recorded('emperor'));
    if (emperor.status !== 'emperor') throw new Error(emperor.status);
    expect(emperor.document.vassals.length).toBeGreaterThan(0);
    expect(codeOf(recorded('threads-tcp', 'stats-router.raw.json'))).toBe('stats-router');
  });

  it('says what other servers are', () => {
    expect(codeOf('')).toBe('stats-empty');
    expect(codeOf(' \r\n')).toBe('stats-empty');
    expect(codeOf('SSH-2.0-OpenSSH_9.2p1 Debian\r\n')).toBe('stats-ssh-server');
    expect(codeOf('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')).toBe('stats-http-server');
    expect(codeOf('HTTP/1.1 200 OK\r\n\r\n<html></html>')).toBe('stats-http-server');
    expect(codeOf('HTTP/1.1 200 OK\r\n\r\n{"status":"up"}')).toBe('stats-not-uwsgi');
    expect(codeOf('220 mail.example ESMTP\r\n')).toBe('stats-not-json');
    expect(codeOf('\u0000\u0001\ufffd')).toBe('stats-not-json');
    expect(codeOf('[]')).toBe('stats-not-uwsgi');
    expect(codeOf('{"version":"2","pid":1}')).toBe('stats-not-uwsgi');
  });

  it('tells a document that was cut off at any place from one that is broken', () => {
    const raw = recorded('busy');
    for (let length = 20; length < raw.length; length += 7) {
      expect(codeOf(raw.slice(0, length)), `cut at ${length}`).toBe('stats-truncated');
    }
    expect(codeOf(raw.replace('"load":0', '"load":oops'))).toBe('stats-not-json');
  });

  it('reads strings that the server did not escape', () => {
    const raw = recorded('idle').replaceAll('"mountpoint":""', '"mountpoint":"/a\\d\tb"');
    const reading = parseStats(raw);
    if (reading.status !== 'stats') throw new Error(reading.status);
    expect(reading.document.workers[0]?.apps[0]?.mountpoint).toBe('/a\\d\tb');
  });

  it('replaces values of the wrong type and says where they were', () => {
    const reading = parseStats('{"version":"2.0","pid":1,"workers":[{"id":1,"rss":"many","cores":{}},7]}');
    if (reading.status !== 'stats') throw new Error(reading.status);
    expect(reading.document.workers).toHaveLength(1);
    expect(reading.document.workers[0]).toMatchObject({ id: 1, rss: 0, status: '', cores: [] });
    expect(reading.notes).toEqual([
      'workers[0].rss: expected a number',
      'workers[0].cores: expected a list',
      'workers[1]: expected an object',
    ]);
  });

  it('never throws, whatever it is given', () => {
    const raw = recorded('busy');
    const mutated = fc
      .tuple(fc.nat(raw.length), fc.nat(40), fc.string())
      .map(([at, cut, put]) => raw.slice(0, at) + put + raw.slice(at + cut));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), mutated), (text) => {
        expect(['stats', 'emperor', 'not-stats']).toContain(parseStats(text).status);
      }),
    );
  });
});
