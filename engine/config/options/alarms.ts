/**
 * Alarms: what they do, and what raises them beside `metric-threshold` (metrics.ts) and the application.
 */
import { ALARM_KINDS, type AlarmAction, type AlarmSettings } from '../alarm-settings.ts';
import { wholeNumber } from '../values.ts';
import { expressionError } from './loggers.ts';
import { type OptionSection, type Reader, readFlag, readNumber, take } from './section.ts';

export const alarmsOptions: OptionSection = {
  data: `
alarm | list | works | | Names an alarm and what it does: NAME PLUGIN:ARGUMENT.
log-alarm | list | works | | Raises an alarm for lines that match an expression: ALARM EXPRESSION.
not-log-alarm | list | works | | Spares lines that match an expression from alarms: ALARM EXPRESSION.
alarm-backlog | list | works | | Raises this alarm when the listen queue is full.
alarm-fd | list | works | | Raises an alarm when a descriptor can be read: ALARM DESCRIPTOR[:BYTES] [TEXT].
alarm-segfault | list | works | | Raises this alarm when a process of the server crashes.
alarm-freq | seconds | works | 3 | Time during which an alarm with the same text is not raised again.
alarm-cheap | flag | none: the engine's alarms need no thread | | Sends alarms over HTTP from the one thread of all alarms.
alarm-msg-size | bytes | works | 8192 | Longest text of an alarm.
alarm-list | flag | works | | Lists the kinds of alarms.
`,
  readers: {
    alarm: ({ settings: { alarms } }, value) => {
      const [, name, text] = /^(\S+)\s+(\S[^]*)$/.exec(value) ?? [];
      if (name === undefined || text === undefined)
        return "needs a name, a blank and what it does: 'NAME cmd:COMMAND'.";
      const action = parseAction(text);
      if (typeof action === 'string') return action;
      alarms.alarms.push({ name, action, text });
      return null;
    },
    'log-alarm': readRule(false),
    'not-log-alarm': readRule(true),
    'alarm-fd': ({ settings }, value) => {
      const [, alarm, fd, bytes = '8192', text = ''] =
        /^(\S+)\s+(\d{1,6})(?::(\d{1,9}))?(?:\s+([^]*))?$/.exec(value) ?? [];
      if (alarm === undefined || fd === undefined || Number(bytes) === 0) {
        return "needs an alarm and a descriptor: 'ALARM DESCRIPTOR[:BYTES] [TEXT]'.";
      }
      settings.alarms.descriptors.push({ alarm, fd: Number(fd), bytes: Number(bytes), text });
      return null;
    },
    'alarm-backlog': readNames((alarms) => alarms.onBacklog),
    'alarm-segfault': readNames((alarms) => alarms.onCrash),
    'alarm-freq': readNumber((settings, seconds) => (settings.alarms.repeatSeconds = seconds)),
    'alarm-msg-size': readNumber((settings, bytes) => (settings.alarms.maxTextBytes = bytes), 1),
    'alarm-list': readFlag((settings, isOn) => (settings.alarms.isListed = isOn)),
  },
};

function parseAction(text: string): AlarmAction | string {
  const [, kind = text, argument = ''] = /^([^:\s]+):([^]*)$/.exec(text) ?? [];
  switch (kind) {
    case 'cmd':
      return argument.trim() === '' ? "needs a command behind 'cmd:'." : { type: 'cmd', command: argument };
    case 'log':
      return { type: 'log' };
    case 'signal': {
      const signal = wholeNumber(argument);
      if (signal === null || signal > 255) return "needs the number of a signal, 0 to 255, behind 'signal:'.";
      return { type: 'signal', signal };
    }
    case 'mule': {
      const mule = argument === '' ? 0 : wholeNumber(argument);
      return mule === null ? "needs the number of a mule behind 'mule:', or nothing for any." : { type: 'mule', mule };
    }
    default: {
      const instead = kind === 'curl' ? " Write 'cmd:curl -sS --data-binary @- URL' for it." : '';
      return `names '${kind}', which the engine's alarms can not do: they have ${ALARM_KINDS.join(', ')}.${instead}`;
    }
  }
}

function readRule(isExempt: boolean): Reader {
  return ({ settings }, value) => {
    const [, names = '', pattern = ''] = /^(\S+)\s+(\S[^]*)$/.exec(value) ?? [];
    if (pattern === '') return 'needs the name of an alarm, or several with commas, and a regular expression.';
    const wrong = expressionError(pattern);
    if (wrong === null) settings.alarms.rules.push({ alarms: names.split(','), pattern, isExempt });
    return wrong;
  };
}

function readNames(listOf: (alarms: AlarmSettings) => string[]): Reader {
  return ({ settings }, value) => take(value, (name) => listOf(settings.alarms).push(name));
}
