/**
 * Signals of uWSGI's framework: what raises them besides the application.
 */
import type { SignalTimerSetting } from '../signal-settings.ts';
import { type OptionSection, type Reader, readNumber } from './section.ts';

export const signalsOptions: OptionSection = {
  data: `
signal-timer | list | works | | Raises a signal of uWSGI's framework at an interval: SIGNAL SECONDS.
signal-rbtimer | list | works | | Raises a signal at an interval, as 'signal-timer': SIGNAL SECONDS.
signal | list | works | | On the command line: raises a signal of uWSGI's framework in another instance, ADDRESS,SIGNAL.
signal-bufsize | bytes | works | 4096 | Signals that may wait for a process; each is one byte.
`,
  readers: {
    // actions.ts does it, and no server is started then.
    signal: () => 'is for the command line only.',
    'signal-timer': signalTimer('timer'),
    'signal-rbtimer': signalTimer('rbtimer'),
    'signal-bufsize': readNumber((settings, bytes) => {
      settings.signals.queueLength = bytes;
    }, 1),
  },
};

function signalTimer(kind: SignalTimerSetting['kind']): Reader {
  return ({ settings }, value) => {
    const { signal, time } = /^(?<signal>\d{1,3})\s+(?<time>\d{1,7})$/.exec(value)?.groups ?? {};
    const number = Number(signal ?? 256);
    const seconds = Number(time ?? 0);
    if (number > 255 || seconds === 0) return 'needs a signal from 0 to 255, a blank and seconds.';
    settings.signals.signalTimers.push({ kind, number, seconds });
    return null;
  };
}
