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
export async function systemdTrouble(
  machine: Machine,
  unit: string,
  masterPid: number,
  touchReload: readonly string[],
): Promise<string | null> {
  try {
    const argv = ['systemctl', 'show', '-p', 'ExecReload', '-p', 'MainPID', unit] as const;
    const { code, stdout } = await machine.run(argv, LIMITS);
    if (code !== 0) return `systemctl show ${unit} ended with ${code ?? 'a signal'}.`;
    const text = stdout.toString('utf8');
    const trouble = judgeUnit(text, unit, masterPid) ?? strangeTouch(commandsOf(text), touchReload);
    return trouble ?? (await strangePidfile(machine, commandsOf(text), masterPid));
  } catch (error) {
    if (error instanceof CoreError) return error.message;
    throw error;
  }
}

/** `text`: what `systemctl show -p ExecReload -p MainPID` printed. */
export function judgeUnit(text: string, unit: string, masterPid: number): string | null {
  const mainPid = Number(/^MainPID=(\d+)$/m.exec(text)?.[1] ?? 0);
  const commands = commandsOf(text);
  if (commands.length === 0) return `${unit} has no ExecReload.`;
  if (mainPid !== masterPid) return `The main process of ${unit} is ${mainPid}, not this server's master.`;
  const strange = commands.find((command) => !RELOADS.some((reload) => reload.test(command)));
  return strange === undefined
    ? null
    : `Its ExecReload is "${strange.slice(0, 200)}", which is not known to be a reload of uWSGI.`;
}

function commandsOf(text: string): string[] {
  return [...text.matchAll(/^ExecReload=\{.*?argv\[\]=(.*?) ; /gm)].map(([, argv = '']) => argv.trim());
}

/** A touch of a file that this server does not look at reloads nothing, or another server. */
function strangeTouch(commands: readonly string[], touchReload: readonly string[]): string | null {
  const paths = commands.flatMap((command) => /\btouch\s+(\S+)$/.exec(command)?.[1] ?? []);
  const strange = paths.find((path) => !touchReload.includes(path));
  return strange === undefined
    ? null
    : `Its ExecReload touches ${strange}, which is no touch-reload file of this server.`;
}

/** `uwsgi --reload` signals whatever process the pidfile names. */
async function strangePidfile(
  machine: Machine,
  commands: readonly string[],
  masterPid: number,
): Promise<string | null> {
  for (const command of commands) {
    const path = /\buwsgi\S*\s+--reload[= ](\S+)$/.exec(command)?.[1];
    if (path === undefined) continue;
    const text = (await machine.files.readFile(path, 1_000)).toString('latin1');
    const pid = Number.parseInt(text, 10);
    if (pid !== masterPid) {
      return `Its ExecReload signals the process of ${path}, ${Number.isNaN(pid) ? 'which names none' : `pid ${pid}`}, not this server's master ${masterPid}.`;
    }
  }
  return null;
}
