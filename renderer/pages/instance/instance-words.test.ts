import { describe, expect, it } from 'vitest';
import { addressOf, serverOf, whereToLook } from './instance-words.ts';

const failed = { status: 'failed', pid: null, error: 'KeyError: 1', startedAtMs: null } as const;

describe('an instance in few words', () => {
  it('answers where a browser reaches it, or at its stats address; what Reeve runs is known by its file', () => {
    const silent = { kind: 'attached', url: null, configPath: '/srv/a.ini', statsAddress: '/run/a.stats' } as const;
    expect(addressOf({ ...silent, url: 'http://127.0.0.1:8080/' })).toBe('127.0.0.1:8080');
    expect(addressOf(silent)).toBe('/run/a.stats');
    expect(addressOf({ ...silent, kind: 'engine' })).toBe('/srv/a.ini');
  });

  it('is a program with its number', () => {
    expect(serverOf('reeve-0.1.0')).toEqual({ program: 'Reeve engine', number: '0.1.0' });
    expect(serverOf('2.0.21-debian')).toEqual({ program: 'uWSGI', number: '2.0.21-debian' });
  });

  it('shows its trouble where the reason is', () => {
    const crit = { level: 'crit', word: 'failed', sentence: null } as const;
    const server = { kind: 'attached', engine: null } as const;
    expect(whereToLook({ ...server, health: crit, engine: failed })).toEqual({
      title: 'Show the error',
      tab: 'overview',
    });
    expect(whereToLook({ ...server, health: { ...crit, level: 'lost' } }).title).toBe('Show what was tried');
    expect(whereToLook({ ...server, health: crit }).tab).toBe('requests');
    expect(whereToLook({ ...server, kind: 'emperor', health: crit }).tab).toBe('emperor');
  });
});
