import { describe, expect, it } from 'vitest';
import { createSettling } from './settling.ts';

function world() {
  let nowMs = 0;
  let pending: { fire: () => void; atMs: number } | null = null;
  let told = 0;
  const settling = createSettling(
    () => {
      told += 1;
    },
    (fire, afterMs) => {
      const timer = { fire, atMs: nowMs + afterMs };
      pending = timer;
      return () => {
        if (pending === timer) pending = null;
      };
    },
    () => nowMs,
  );
  const pass = (ms: number): void => {
    nowMs += ms;
    if (pending !== null && pending.atMs <= nowMs) pending.fire();
  };
  return { settling, pass, told: () => told };
}

describe('telling of changes', () => {
  it('waits for a pause, and tells once', () => {
    const { settling, pass, told } = world();
    settling.touch();
    pass(150);
    settling.touch();
    pass(150);
    expect(told()).toBe(0);
    pass(150);
    pass(500);
    expect(told()).toBe(1);
  });

  it('tells now and then while nobody pauses', () => {
    const { settling, pass, told } = world();
    for (let key = 0; key < 45; key += 1) {
      settling.touch();
      pass(40);
    }
    expect(told()).toBe(2);
  });

  it('tells at once when asked, and nothing twice', () => {
    const { settling, pass, told } = world();
    settling.flush();
    expect(told()).toBe(0);
    settling.touch();
    settling.flush();
    pass(900);
    expect(told()).toBe(1);
  });
});
