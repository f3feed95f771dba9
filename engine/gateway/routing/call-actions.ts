/**
 * `rpc` and its kin: functions that the application has registered answer requests, decide about them, or give variables.
 * As on uWSGI 2.0.21 a function that gives nothing ends the request without an answer, unless it was to give a variable.
 */

import { PacedLog } from './paced-log.ts';
import { breakWith, type Fields, field } from './route-actions.ts';
import type { RouteContext, Verdict } from './route-context.ts';
import type { LongActions } from './route-program.ts';
import { UwsgiAnswer } from './uwsgi-answer.ts';
import type { Call } from './worker-calls.ts';

type LongAction = LongActions['actions'][string];
/** What becomes of a value; it is empty for `rpcvar` only. */
type Use = (value: Buffer, context: RouteContext, fields: Fields) => Verdict;

export function callActions(call: (values: readonly string[], server: string) => Call): Record<string, LongAction> {
  const paced = new PacedLog();
  const calling =
    (use: Use, takesNothing = false): LongAction =>
    async (context, fields): Promise<Verdict> => {
      const values = valuesOf(context, fields);
      const { value, abandon } = call(values, field(context, fields, 'server'));
      const { visit } = context;
      if (visit !== null) visit.onAbandoned = abandon;
      const found = await value;
      if (visit !== null) visit.onAbandoned = null;
      if (found.length > 0 || takesNothing) return use(found, context, fields);
      if (visit?.isOver !== true) {
        paced.say(
          `[routing] the function '${field(context, fields, 'name')}' gave nothing: the request ends without an answer. It must be registered (uwsgi.register_rpc) in every worker.`,
          (line) => context.host.log(line),
        );
      }
      return 'break';
    };
  const asAnswer = calling(answerWith);
  return {
    rpc: asAnswer,
    call: asAnswer,
    // On uWSGI the rules and the application go on after these, behind an answer that is complete.
    rpcnext: asAnswer,
    rpcblob: asAnswer,
    rpcraw: calling(answerRaw),
    rpcret: calling(decide),
    rpcvar: calling((value, context, fields) => {
      context.set(field(context, fields, 'var'), value.toString('latin1'));
      return 'next';
    }, true),
  };
}

function valuesOf(context: RouteContext, fields: Fields): string[] {
  const values = [field(context, fields, 'name')];
  for (let at = 0; fields[at] !== undefined; at++) values.push(field(context, fields, String(at)));
  return values;
}

function answerWith(body: Buffer, context: RouteContext): Verdict {
  context.reply = { status: 200, reason: 'OK', lines: [], body };
  return 'break';
}

/** The function has made the whole answer, head and all. */
function answerRaw(bytes: Buffer, context: RouteContext): Verdict {
  const { visit } = context;
  const answer = new UwsgiAnswer(context.request.facts.method === 'HEAD');
  const parts = answer.feed(bytes);
  if (visit === null || parts?.head == null) {
    context.host.log('[routing] what the function of rpcraw gave is no answer: it has no head');
    return 'break';
  }
  context.isTaken = true;
  visit.counts.push('routed');
  visit.respond(parts.head, parts.body);
  return 'break';
}

/** The function's value is what the rule leads to. */
function decide(value: Buffer, context: RouteContext): Verdict {
  const [word = '', ...rest] = value.toString('latin1').trim().split(' ');
  if (word === 'next') return 'next';
  if (word === 'goto' && rest.length > 0) return { goto: rest.join(' ') };
  if (word === 'break') return breakWith(context, rest.join(' '));
  return 'continue';
}
