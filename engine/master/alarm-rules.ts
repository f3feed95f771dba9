/**
 * Which alarms a line of the log raises, and which of them are only repeated. Pure; alarms.ts raises them.
 */
import { boundExpressions } from '../bounded-expressions.ts';
import type { AlarmRule } from '../config/alarm-settings.ts';

/** Names of the alarms that this line raises, each once. */
export type LineJudge = (line: string) => string[];

/** As in uWSGI the rules are gone through in their order, and a line that a `not-log-alarm` matches goes no further. */
export function compileRules(rules: readonly AlarmRule[]): LineJudge {
  if (rules.length > 0) boundExpressions();
  const compiled = rules.map((rule) => ({ ...rule, expression: new RegExp(rule.pattern) }));
  return (written) => {
    const line = written.endsWith('\n') ? written.slice(0, -1) : written;
    const raised = new Set<string>();
    for (const { expression, isExempt, alarms } of compiled) {
      if (!expression.test(line)) continue;
      if (isExempt) break;
      for (const name of alarms) raised.add(name);
    }
    return [...raised];
  };
}

/** What was last raised, to tell a repetition. */
export interface LastRaised {
  text: string;
  atMs: number;
}

/** The same text again, within the time of `alarm-freq`. A clock that went back does not silence it. */
export function isRepetition(last: LastRaised | null, text: string, nowMs: number, repeatSeconds: number): boolean {
  if (last === null || last.text !== text) return false;
  const passedMs = nowMs - last.atMs;
  return passedMs >= 0 && passedMs < repeatSeconds * 1000;
}

/** The first bytes of a text, without half a character at the end. */
export function cutText(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  // Bytes in the middle of a character begin with the bits 10.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString();
}
