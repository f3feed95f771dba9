/** Why a rehearsal did not come up, out of what its engine and its application wrote. Pure. */
import type { LogLine } from '../../contract/logs-model.ts';
import { lastStack, namingLine, StackReader } from '../../contract/stack-lines.ts';
import { failureText } from '../logs/log-ring.ts';

const MOST_ERRORS = 5;

/** What goes well, and what follows from a failure that is named already. */
const SMALL_TALK =
  / socket bound to |^(spawned |worker \d+ \(pid: \d+\) (ended|exited with code 22|was killed by signal 15)|open files: at most|SIG\w+ received|Python (version|main interpreter))|^\*\*\* (Reeve is ready|no application loaded|WARNING: you are running Reeve as root)/;

/** The last stack with its exception, or else the last lines that are about a failure; may be empty. */
export function reasonIn(lines: readonly LogLine[]): string {
  const texts = lines.map(({ text }) => text);
  const stack = lastStack(texts);
  if (stack !== null) return texts.slice(stack.start, stack.end).join('\n');
  return failureText(lines.filter(({ text }) => !SMALL_TALK.test(text)));
}

/** Errors that did not keep it from coming up, each once, the exception for a stack. */
export function errorsIn(lines: readonly LogLine[]): string[] {
  const reader = new StackReader();
  const said: string[] = [];
  let stack: string[] = [];
  const endStack = () => {
    if (stack.length > 0) said.push(namingLine(stack)?.trim() ?? '');
    stack = [];
  };
  for (const { level, text, request } of lines) {
    if (request !== null) continue;
    const part = reader.see(text);
    if (part !== 'inside') endStack();
    if (part !== null) stack.push(text);
    else if (level === 'error' && !SMALL_TALK.test(text)) said.push(text.trim());
  }
  endStack();
  return [...new Set(said)].filter((text) => text !== '').slice(0, MOST_ERRORS);
}

/** The exception of a stack, or the first line of another reason. */
export function exceptionIn(reason: string): string {
  return namingLine(reason.trim().split('\n')) ?? '';
}
