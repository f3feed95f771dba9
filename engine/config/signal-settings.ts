/** The part of the settings that is about signals of uWSGI's framework (uwsgi.register_signal), numbers from 0 to 255. */
export interface SignalSettings {
  /** `signal-bufsize`: signals that may wait for one process; each is a byte in uWSGI's buffer. */
  queueLength: number;
  /** `signal-timer` and `signal-rbtimer`. */
  signalTimers: SignalTimerSetting[];
}

export interface SignalTimerSetting {
  kind: 'timer' | 'rbtimer';
  number: number;
  seconds: number;
}

export function defaultSignals(): SignalSettings {
  return { queueLength: 4096, signalTimers: [] };
}
