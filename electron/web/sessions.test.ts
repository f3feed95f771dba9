import { describe, expect, it } from 'vitest';
import { createSessions, isSameText } from './sessions.ts';

describe('sessions', () => {
  it('gives a session for a token once', () => {
    const sessions = createSessions();
    const token = sessions.issueToken();
    const first = sessions.redeem(token);
    expect(first.status).toBe('accepted');
    expect(sessions.redeem(token)).toEqual({ status: 'used' });
  });

  it('tells a token it never made from one that is used up', () => {
    const sessions = createSessions();
    sessions.issueToken();
    expect(sessions.redeem('guess')).toEqual({ status: 'unknown' });
  });

  it('knows a session only by its id together with its secret', () => {
    const sessions = createSessions();
    const one = sessions.redeem(sessions.issueToken());
    const two = sessions.redeem(sessions.issueToken());
    if (one.status !== 'accepted' || two.status !== 'accepted') throw new Error('tokens were refused');
    expect(sessions.isValid(one.session.id, one.session.secret)).toBe(true);
    expect(sessions.isValid(two.session.id, one.session.secret)).toBe(false);
    expect(sessions.isValid('', one.session.secret)).toBe(false);
  });

  it('keeps the newest 32 unused tokens', () => {
    const sessions = createSessions();
    const tokens = Array.from({ length: 33 }, () => sessions.issueToken());
    expect(sessions.redeem(tokens[0] ?? '').status).toBe('unknown');
    expect(sessions.redeem(tokens[1] ?? '').status).toBe('accepted');
    expect(sessions.redeem(tokens[32] ?? '').status).toBe('accepted');
  });

  it('forgets the oldest session when there are more than 256', () => {
    const sessions = createSessions();
    const made = Array.from({ length: 257 }, () => {
      const redeemed = sessions.redeem(sessions.issueToken());
      if (redeemed.status !== 'accepted') throw new Error('a fresh token was refused');
      return redeemed.session;
    });
    const valid = made.map(({ id, secret }) => sessions.isValid(id, secret));
    expect(valid[0]).toBe(false);
    expect(valid.slice(1).every(Boolean)).toBe(true);
  });
});

describe('isSameText', () => {
  it('compares texts of any length', () => {
    expect(isSameText('a', 'a')).toBe(true);
    expect(isSameText('a', 'ab')).toBe(false);
    expect(isSameText('', '')).toBe(true);
  });
});
