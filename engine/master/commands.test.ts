import { describe, expect, it } from 'vitest';
import { HANDLED_SIGNALS, type Meaning, meaningOfLetter, meaningOfSignal } from './commands.ts';

function shown(meant: Meaning): string {
  return 'command' in meant ? meant.command : 'nothing';
}

describe('signals', () => {
  it('mean what they mean to uWSGI, with die-on-term and without master', () => {
    const rows = HANDLED_SIGNALS.map((signal) => [
      signal,
      shown(meaningOfSignal(signal, { master: true, dieOnTerm: false })),
      shown(meaningOfSignal(signal, { master: true, dieOnTerm: true })),
      shown(meaningOfSignal(signal, { master: false, dieOnTerm: false })),
    ]);
    expect(rows).toEqual([
      ['SIGHUP', 'reload', 'reload', 'reload'],
      ['SIGTERM', 'brutal-reload', 'stop', 'stop'],
      ['SIGQUIT', 'stop', 'brutal-reload', 'stop'],
      ['SIGINT', 'stop', 'stop', 'stop'],
      ['SIGUSR1', 'print-statistics', 'print-statistics', 'print-statistics'],
      ['SIGUSR2', 'nothing', 'nothing', 'nothing'],
      ['SIGTSTP', 'pause', 'pause', 'pause'],
    ]);
  });
});

describe('FIFO letters', () => {
  it('are commands, or do nothing and say why, or named as unknown', () => {
    const commands: Record<string, string> = {};
    for (const letter of 'rRwWcqQpslLPC+-') {
      const meant = meaningOfLetter(letter);
      commands[letter] = 'command' in meant ? meant.command : meant.refused;
    }
    expect(commands).toEqual({
      r: 'reload',
      R: 'brutal-reload',
      w: 'reload-workers',
      W: 'brutal-reload-workers',
      c: 'chain-reload',
      q: 'graceful-stop',
      Q: 'stop',
      p: 'pause',
      s: 'print-statistics',
      l: 'reopen-log',
      L: 'rotate-log',
      P: 'write-pidfile',
      C: 'cheap',
      '+': 'add-worker',
      '-': 'remove-worker',
    });
    for (const letter of 'BfS') {
      expect(meaningOfLetter(letter)).toMatchObject({ refused: expect.stringContaining('does nothing: it ') });
    }
    for (const letter of ['x', '\u0000', '"', ' ']) {
      expect(meaningOfLetter(letter)).toMatchObject({ refused: expect.stringContaining('is not a command') });
    }
    expect(meaningOfLetter('constructor')).toHaveProperty('refused');
  });
});
