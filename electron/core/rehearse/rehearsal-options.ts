/**
 * What becomes of each option in a rehearsal: kept, moved aside, left out with a reason, or dropped because it means
 * nothing there. Decided by the option's own table entry where that says enough, by name otherwise. Pure.
 */
import type { OptionInfo } from '../../../engine/config/option-table.ts';
import { RESOLVED_OPTIONS } from '../../../engine/config/options/sections.ts';

export type Fate =
  | { type: 'keep' }
  /** Nothing is lost: it steers the reading, or only has a meaning together with what is replaced. */
  | { type: 'drop' }
  | { type: 'leave-out'; why: string }
  /** A path of its own in the scratch folder. */
  | { type: 'file' }
  /** `cache2`: the file of its key `store` is one of its own. */
  | { type: 'cache' }
  | { type: 'address'; needsPort: boolean }
  | { type: 'stats' }
  | { type: 'workers' };

const LOG = 'The log of the rehearsal is kept here.';
const RIGHTS = 'It runs as the user that rehearses it.';
const COMMANDS = 'Commands and hooks are not carried out.';
const BESIDE = 'Only the application itself is rehearsed.';
const TOUCH = 'Nothing is watched for touches.';

const BY_NAME: [pattern: RegExp, fate: Fate][] = [
  [/^stats$/, { type: 'stats' }],
  [/^(master-fifo|pidfile2?|safe-pidfile2?|py-tracebacker)$/, { type: 'file' }],
  [/^(cache|queue)-store$/, { type: 'file' }],
  [/^cache2$/, { type: 'cache' }],
  [/^(processes)$/, { type: 'workers' }],
  [/^(https2?|https-socket|suwsgi-socket)$/, { type: 'address', needsPort: true }],
  // The address of its own router, which is moved.
  [/^http-to$/, { type: 'drop' }],
  [/^(strict|show-config|print|iprint|stats-http|stats-minified|stats-no-cores)$/, { type: 'drop' }],
  [/^(connect-and-read|stop|reload|pause|suspend|resume|version|help)$/, { type: 'drop' }],
  [/^(cheap|idle|die-on-idle|cheaper.*)$/, { type: 'leave-out', why: 'All workers of the rehearsal run.' }],
  [/^daemonize2?$/, { type: 'leave-out', why: 'It stays in the foreground and is stopped at the end.' }],
  [/^(uid|gid|add-gid|no-initgroups|chown-socket)$/, { type: 'leave-out', why: RIGHTS }],
  [/^(logto2?|logger|req-logger|log-(syslog|socket|route|req-route|filter|drain|encoder|req-encoder))$/, out(LOG)],
  [/^(log-(maxsize|backupname|reopen|truncate|master)|logfile-chmod|rsyslog-.*|disable-logging)$/, { type: 'drop' }],
  [/^(hook-|exec-|after-request|call-)|attach-(control-)?daemon|^daemons-|^binsh$/, out(COMMANDS)],
  [/^(touch-|fs-|(py|perl)-auto-reload)/, out(TOUCH)],
  [
    /cron|^(spooler|mule|farm|emperor|vassal|legion|zerg)|alarm|^metrics?-(dir|threshold)|^signal-(rb)?timer$/,
    out(BESIDE),
  ],
  [/^stats-push$/, out('No figures are sent anywhere.')],
  [/^stats-pusher-/, { type: 'drop' }],
  [/^(prio|cpu-affinity|limit-nproc)$/, out('It is about the real workers.')],
  [/^(worker-accept)$/, out('The rehearsal asks over a socket of its own.')],
  [/^exit-on-reload$/, { type: 'drop' }],
];

/** Where the option goes. An option that the engine does not support does not get here. */
export function fateOf(option: OptionInfo): Fate {
  if (RESOLVED_OPTIONS.has(option.name)) return { type: 'drop' };
  const names = [option.name, ...option.aliases];
  const found = BY_NAME.find(([pattern]) => names.some((name) => pattern.test(name)));
  if (found !== undefined) return found[1];
  return option.kind === 'address' ? { type: 'address', needsPort: false } : { type: 'keep' };
}

/** It has no effect on the engine, and so none on the rehearsal. */
export function hasNoEffect(option: OptionInfo): boolean {
  return option.status !== 'works';
}

function out(why: string): Fate {
  return { type: 'leave-out', why };
}
