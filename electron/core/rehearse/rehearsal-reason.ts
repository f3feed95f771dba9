/** Why a rehearsal did not come up, out of what its engine and its application wrote. Pure. */
import type { LogLine } from '../../contract/logs-model.ts';
import { failureText } from '../logs/log-ring.ts';

const TRACEBACK = 'Traceback (most recent call last)';
const MOST_ERRORS = 5;

/** What goes well, and what follows from a failure that is named already. */
const SMALL_TALK =
  / socket bound to |^(spawned |worker \d+ \(pid: \d+\) (ended|exited with code 22|was killed by signal 15)|open files: at most|SIG\w+ received|Python (version|main interpreter))|^\*\*\* (Reeve is ready|no application loaded|WARNING: you are running Reeve as root)/;

/** The last traceback with its exception, or else the last lines that are about a failure; may be empty. */
export function reasonIn(lines: readonly LogLine[]): string {
  const traceback = tracebackIn(lines.map(({ text }) => text));
  return traceback ?? failureText(lines.filter(({ text }) => !SMALL_TALK.test(text)));
}

/** Errors that did not keep it from coming up, each once, the exception for a traceback. */
export function errorsIn(lines: readonly LogLine[]): string[] {
  const said = lines.filter(({ level, text }) => level === 'error' && !SMALL_TALK.test(text) && isWhole(text));
  return [...new Set(said.map(({ text }) => text.trim()))].slice(0, MOST_ERRORS);
}

/** The exception of a traceback, or the first line of another reason. */
export function exceptionIn(reason: string): string {
  const lines = reason.trim().split('\n');
  return (reason.startsWith(TRACEBACK) ? lines.at(-1) : lines[0]) ?? '';
}

/** No part of a traceback but its end. */
function isWhole(text: string): boolean {
  return !/^\s/.test(text) && !text.startsWith(TRACEBACK) && text !== '';
}

/** From the last `Traceback` to the exception that it ends with; null: there is none. */
function tracebackIn(lines: readonly string[]): string | null {
  const start = lines.findLastIndex((text) => text.startsWith(TRACEBACK));
  if (start === -1) return null;
  const after = lines.findIndex((text, i) => i > start && !/^\s/.test(text) && text !== '');
  return lines.slice(start, after === -1 ? undefined : after + 1).join('\n');
}
