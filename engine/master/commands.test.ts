import { describe, expect, it } from 'vitest';
import { commandOfLetter, commandOfSignal, HANDLED_SIGNALS } from './commands.ts';

describe('signals', () => {
  it('mean what they mean to uWSGI, with die-on-term and without master', () => {
    const rows = HANDLED_SIGNALS.map((signal) => [
      signal,
      commandOfSignal(signal, { master: true, dieOnTerm: false }),
      commandOfSignal(signal, { master: true, dieOnTerm: true }),
      commandOfSignal(signal, { master: false, dieOnTerm: false }),
    ]);
    expect(rows).toEqual([
      ['SIGHUP', 'reload', 'reload', 'reload'],
      ['SIGTERM', 'brutal-reload', 'stop', 'stop'],
      ['SIGQUIT', 'stop', 'brutal-reload', 'stop'],
      ['SIGINT', 'stop', 'stop', 'stop'],
      ['SIGUSR1', 'print-statistics', 'print-statistics', 'print-statistics'],
      ['SIGTSTP', 'pause', 'pause', 'pause'],
    ]);
  });
});

describe('FIFO letters', () => {
  it('are commands, or named as not supported, or named as unknown', () => {
    const commands: Record<string, string> = {};
    for (const letter of 'rRwWcqQpslP+-') {
      const meant = commandOfLetter(letter);
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
      P: 'write-pidfile',
      '+': 'add-worker',
      '-': 'remove-worker',
    });
    for (const letter of 'BCEfLS') {
      expect(commandOfLetter(letter)).toMatchObject({ refused: expect.stringContaining('is not supported') });
    }
    for (const letter of ['x', '\u0000', '"', ' ']) {
      expect(commandOfLetter(letter)).toMatchObject({ refused: expect.stringContaining('is not a command') });
    }
    expect(commandOfLetter('constructor')).toHaveProperty('refused');
  });
});
