/** What the configuration says about alarms: what they do, and what raises them. Part of EngineSettings (settings.ts); pure data. */

export type AlarmAction =
  /** A command for the shell; it reads the text on its standard input. */
  | { type: 'cmd'; command: string }
  | { type: 'log' }
  /** A signal of uWSGI's framework. */
  | { type: 'signal'; signal: number }
  /** The text as a message to this mule; 0: to any. */
  | { type: 'mule'; mule: number };

export interface AlarmSetting {
  name: string;
  action: AlarmAction;
  /** `cmd:...`, as configured. */
  text: string;
}

/** `log-alarm` and `not-log-alarm`, in one order: a line that is exempt goes no further. */
export interface AlarmRule {
  alarms: string[];
  pattern: string;
  isExempt: boolean;
}

/** `alarm-fd`: the alarm is raised when there are bytes to read. */
export interface AlarmDescriptor {
  alarm: string;
  fd: number;
  /** How many of them are read at once. */
  bytes: number;
  text: string;
}

export interface AlarmSettings {
  alarms: AlarmSetting[];
  rules: AlarmRule[];
  descriptors: AlarmDescriptor[];
  /** Names of alarms: `alarm-backlog`, `alarm-segfault`. */
  onBacklog: string[];
  onCrash: string[];
  /** `alarm-freq`: an alarm is not raised again with the same text within this time. */
  repeatSeconds: number;
  /** `alarm-msg-size` */
  maxTextBytes: number;
  /** `alarm-list` */
  isListed: boolean;
}

export const ALARM_KINDS = ['cmd', 'log', 'mule', 'signal'] as const;

export function defaultAlarmSettings(): AlarmSettings {
  return {
    alarms: [],
    rules: [],
    descriptors: [],
    onBacklog: [],
    onCrash: [],
    repeatSeconds: 3,
    maxTextBytes: 8192,
    isListed: false,
  };
}
