/**
 * The log.
 */
import { resolvePath } from '../host.ts';
import { isFlagWord, isOn } from '../values.ts';
import { type Draft, flag, type OptionSection, take } from './section.ts';

export const logOptions: OptionSection = {
  data: `
logto | path | works | | Writes the log to this file.
logto2 | path | no | | As 'logto', opened after privileges were dropped.
log-format | string | works | | Format of the line logged for each request.
disable-logging | flag | works | false | Logs no requests.
log-date | string | works | | Puts the date in front of each line of the log.
log-master | flag | none: all output goes through the master anyway | | Sends all log lines through the master.
log-4xx | flag | no | | Logs requests answered with 4xx although request logging is off.
log-5xx | flag | no | | Logs requests answered with 5xx although request logging is off.
log-slow | int | no | | Logs requests slower than this many milliseconds.
log-maxsize | bytes | no | | Size at which the log file is renamed and a new one begun.
log-reopen | flag | no | | Opens the log file again at a reload.
log-x-forwarded-for | flag | no | | Logs the address of X-Forwarded-For.
logger | list | no | | Where the server's log goes.
req-logger | list | no | | Where the request log goes.
log-syslog | string | no | | Sends the log to syslog.
`,
  readers: {
    logto: readLogto,
    'log-format': (draft, value) => take(value, (text) => (draft.settings.logFormat = text)),
    'disable-logging': flag('disableLogging'),
    'log-date': readLogDate,
  },
};

function readLogto(draft: Draft, value: string): string | null {
  if (/^[^/]+:\d+$/.test(value)) return 'is an address: the engine logs to files, not over UDP.';
  return take(value, (path) => (draft.settings.logto = resolvePath(draft.host.cwd, path)));
}

function readLogDate(draft: Draft, value: string): string | null {
  draft.settings.logDate = isOn(value);
  if (!isFlagWord(value)) draft.warn("is used without its format: the engine writes dates in uWSGI's standard form.");
  return null;
}
