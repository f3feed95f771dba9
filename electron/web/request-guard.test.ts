import { describe, expect, it } from 'vitest';
import { isAllowedHost, isLoopback, isOwnOrigin, readCookie } from './request-guard.ts';

const onLoopback = { host: '127.0.0.1', names: ['jump'] };
const onAll = { host: '0.0.0.0', names: ['jump'] };

describe('isAllowedHost', () => {
  it.each(['127.0.0.1:4717', 'localhost:9000', 'LocalHost', '[::1]:80', '127.0.0.2:1'])(
    'takes %s on loopback',
    (header) => {
      expect(isAllowedHost(header, onLoopback)).toBe(true);
    },
  );

  it.each([
    'evil.example',
    'evil.example:4717',
    '127.0.0.1.evil.example',
    'localhost.evil.example:4717',
    'jump:4717',
    '10.0.0.7:4717',
    '',
    '127.0.0.1:4717:1',
    '127.0.0.1 evil',
    "127.0.0.1:1'; script-src *",
    undefined,
  ])('refuses %s on loopback', (header) => {
    expect(isAllowedHost(header, onLoopback)).toBe(false);
  });

  it('takes addresses and its own name when it listens on more than loopback, but no other name', () => {
    expect(isAllowedHost('10.0.0.7:4717', onAll)).toBe(true);
    expect(isAllowedHost('[fd00::7]:4717', onAll)).toBe(true);
    expect(isAllowedHost('Jump:4717', onAll)).toBe(true);
    expect(isAllowedHost('evil.example:4717', onAll)).toBe(false);
  });

  it('takes the name it was told to listen on', () => {
    expect(isAllowedHost('ops.example:80', { host: 'ops.example', names: [] })).toBe(true);
  });
});

describe('isOwnOrigin', () => {
  it('wants the origin to be the host that is asked', () => {
    expect(isOwnOrigin('http://127.0.0.1:4717', '127.0.0.1:4717')).toBe(true);
    expect(isOwnOrigin('https://Ops.example'.toLowerCase(), 'Ops.example')).toBe(true);
    expect(isOwnOrigin('http://127.0.0.1:8080', '127.0.0.1:4717')).toBe(false);
    expect(isOwnOrigin('http://localhost:4717', '127.0.0.1:4717')).toBe(false);
    expect(isOwnOrigin('null', '127.0.0.1:4717')).toBe(false);
    expect(isOwnOrigin(undefined, '127.0.0.1:4717')).toBe(false);
  });
});

describe('isLoopback', () => {
  it('knows every form of this machine', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', '[::1]', 'localhost'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '::', '10.0.0.1', 'localhost.example', '127.example'].some(isLoopback)).toBe(false);
  });
});

describe('readCookie', () => {
  it('finds a cookie among others', () => {
    expect(readCookie('a=1; reeve-session=x=y; b=2', 'reeve-session')).toBe('x=y');
    expect(readCookie('xreeve-session=1', 'reeve-session')).toBe(null);
    expect(readCookie(undefined, 'reeve-session')).toBe(null);
  });
});
