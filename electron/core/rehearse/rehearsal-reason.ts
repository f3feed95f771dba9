/** Why a rehearsal did not come up, out of what its engine and its application wrote. Pure. */
import type { LogLine } from '../../contract/model.ts';
import { failureText } from '../engine/log-ring.ts';

/** What goes well, and what follows from a failure that is named already. */
const SMALL_TALK =
  / socket bound to |^(spawned |worker \d+ \(pid: \d+\) ended|open files: at most|SIG\w+ received|Python (version|main interpreter))|^\*\*\* (Reeve is ready|no application loaded|WARNING: you are running Reeve as root)/;

/** The last traceback with its exception, or else the last lines that are about a failure; may be empty. */
export function reasonIn(lines: readonly LogLine[]): string {
  const traceback = tracebackIn(lines.map(({ text }) => text));
  return traceback ?? failureText(lines.filter(({ text }) => !SMALL_TALK.test(text)));
}

/** From the last `Traceback` to the exception that it ends with; null: there is none. */
function tracebackIn(lines: readonly string[]): string | null {
  const start = lines.findLastIndex((text) => text.startsWith('Traceback (most recent call last)'));
  if (start === -1) return null;
  const after = lines.findIndex((text, i) => i > start && !/^\s/.test(text) && text !== '');
  return lines.slice(start, after === -1 ? undefined : after + 1).join('\n');
}
