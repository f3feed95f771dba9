import { describe, expect, it } from 'vitest';
import { dockerSource } from './docker-source.ts';
import { journalSource, readEntry } from './journal-source.ts';

const entry = (cursor: string, message: unknown): string =>
  JSON.stringify({ __CURSOR: cursor, __REALTIME_TIMESTAMP: '1700000000123456', MESSAGE: message });
const stamp = (ns: number): string => `2026-11-23T01:00:00.${String(ns).padStart(9, '0')}Z`;

describe('the journal of a unit', () => {
  it('goes on after the last line that was read', () => {
    const source = journalSource('shop.service', 100);
    expect(source.argv()).toEqual(['journalctl', '-q', '-f', '-o', 'json', '-u', 'shop.service', '-n', '100']);
    expect(source.read(entry('s=1;i=2', 'hello'), 'out')).toEqual({ text: 'hello', atMs: 1_700_000_000_123 });
    expect(source.argv().slice(-2)).toEqual(['--no-tail', '--after-cursor=s=1;i=2']);
  });

  it('gives messages that are no UTF-8, too', () => {
    expect(readEntry(entry('a', [0x61, 0xff]))?.text).toBe('a\\xff');
    expect(readEntry(entry('a', null))?.text).toContain('does not show');
    for (const broken of ['', '{', '[]', '{}', 'null', '{"__CURSOR":1}']) expect(readEntry(broken)).toBeNull();
  });
});

describe('the output of a container', () => {
  it('is each line once after an interruption, of both its streams', () => {
    const source = dockerSource('web', 50);
    expect(source.argv()).toEqual(['docker', 'logs', '--timestamps', '--tail', '50', '-f', 'web']);
    expect(source.read(`${stamp(1)} one`, 'out')?.text).toBe('one');
    expect(source.read(`${stamp(2)} two`, 'out')?.text).toBe('two');
    expect(source.read(`${stamp(2)} two`, 'out')?.text).toBe('two');
    expect(source.read(`${stamp(1)} err`, 'err')?.text).toBe('err');

    expect(source.argv().slice(3, 5)).toEqual(['--since', stamp(1)]);
    const again = [`${stamp(1)} one`, `${stamp(2)} two`, `${stamp(2)} two`, `${stamp(2)} three`].map((line) =>
      source.read(line, 'out'),
    );
    expect(again.map((line) => line?.text ?? null)).toEqual([null, null, null, 'three']);
    expect([`${stamp(1)} err`, `${stamp(1)} more`].map((line) => source.read(line, 'err')?.text ?? null)).toEqual([
      null,
      'more',
    ]);
  });

  it('says what docker said when there is no such container', () => {
    const source = dockerSource('gone', 50);
    expect(source.read('Error: No such container: gone', 'err')).toBeNull();
    expect(source.explain('', 1).reason).toBe('docker logs: Error: No such container: gone');
  });
});
