/**
 * Whether `systemctl reload` of a unit reloads a server: only when its ExecReload is known to be a reload of uWSGI's
 * master, and the master is the unit's main process. An ExecReload may as well restart it, or reload other servers.
 */
import { CoreError } from '../errors.ts';
import type { Machine } from '../machine/machine.ts';

const LIMITS = { deadlineMs: 10_000, mostBytes: 65_536 };
/** `kill -HUP $MAINPID`, `kill -s SIGHUP …`, `uwsgi --reload /run/app.pid`, `touch /run/app.touch`. */
const RELOADS = [
  /\bkill\s+(-s\s+|--signal[= ]|-)(SIG)?(HUP|1)\s+\$\{?MAINPID\}?$/,
  /\buwsgi\S*\s+--reload[= ]\S+$/,
  /\btouch\s+\S+$/,
];

/** Why it can't be used; null: it can. */
export async function systemdTrouble(machine: Machine, unit: string, masterPid: number): Promise<string | null> {
  try {
    const argv = ['systemctl', 'show', '-p', 'ExecReload', '-p', 'MainPID', unit] as const;
    const { code, stdout } = await machine.run(argv, LIMITS);
    if (code !== 0) return `systemctl show ${unit} ended with ${code ?? 'a signal'}.`;
    return judgeUnit(stdout.toString('utf8'), unit, masterPid);
  } catch (error) {
    if (error instanceof CoreError) return error.message;
    throw error;
  }
}

/** `text`: what `systemctl show -p ExecReload -p MainPID` printed. */
export function judgeUnit(text: string, unit: string, masterPid: number): string | null {
  const mainPid = Number(/^MainPID=(\d+)$/m.exec(text)?.[1] ?? 0);
  const commands = [...text.matchAll(/^ExecReload=\{.*?argv\[\]=(.*?) ; /gm)].map(([, argv = '']) => argv.trim());
  if (commands.length === 0) return `${unit} has no ExecReload.`;
  if (mainPid !== masterPid) return `The main process of ${unit} is ${mainPid}, not this server's master.`;
  const strange = commands.find((command) => !RELOADS.some((reload) => reload.test(command)));
  return strange === undefined
    ? null
    : `Its ExecReload is "${strange.slice(0, 200)}", which is not known to be a reload of uWSGI.`;
}
