import { describe, expect, it } from 'vitest';
import { elapsedAt, seePoll, serverNow, unsetClock } from './server-clock.ts';

describe('the clock of running requests', () => {
  it('follows the quickest poll, so that a late one does not set it back', () => {
    let clock = seePoll(unsetClock, 1000, 1020);
    clock = seePoll(clock, 2000, 2700);
    expect(serverNow(clock, 3000)).toBe(2980);
  });

  it('forgets old polls, so that a clock that was set on the server is followed', () => {
    let clock = seePoll(unsetClock, 10_000, 0);
    for (let poll = 0; poll < 10; poll += 1) clock = seePoll(clock, poll * 1000, poll * 1000 + 5);
    expect(serverNow(clock, 20_000)).toBe(19_995);
  });

  it('is the local time before the first poll', () => {
    expect(serverNow(unsetClock, 5)).toBe(5);
  });

  it('lets a request grow older between two polls, and never younger', () => {
    expect(elapsedAt({ startedAtMs: 1000, elapsedMs: 3400 }, 5000, 5250)).toBe(3650);
    expect(elapsedAt({ startedAtMs: 1000, elapsedMs: 3400 }, 5000, 4900)).toBe(3400);
    expect(elapsedAt({ startedAtMs: 1000, elapsedMs: null }, 5000, 5250)).toBe(4250);
    expect(elapsedAt({ startedAtMs: null, elapsedMs: null }, 5000, 5250)).toBeNull();
  });
});
