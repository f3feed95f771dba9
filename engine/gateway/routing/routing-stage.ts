/**
 * Internal routing at the gate: runs the request's table, answers what it answers, and has the other tables run when the
 * answer comes. Requests of instances without routes never come here.
 */
import type { RoutingSettings } from '../../config/routing-settings.ts';
import type { GateStage, GateVisit } from '../request-gate.ts';
import { writeHead } from './answer-head.ts';
import { RouteContext, type RoutingHost } from './route-context.ts';
import { compileTables, type LongActions, type Programs, TextTooLong } from './route-program.ts';
import { RoutedAnswer } from './routed-answer.ts';

export class RoutingStage implements GateStage {
  readonly #programs: Programs;
  readonly #settings: RoutingSettings;
  readonly #host: RoutingHost;
  readonly #readsTarget: boolean;

  /** @param readsTarget the application takes path and query from REQUEST_URI */
  constructor(settings: RoutingSettings, host: RoutingHost, long: LongActions, readsTarget: boolean) {
    this.#settings = settings;
    this.#readsTarget = readsTarget;
    this.#host = host;
    this.#programs = compileTables(settings, long);
  }

  visit(visit: GateVisit): void {
    const context = new RouteContext(visit, this.#host);
    const before = this.#readsTarget ? placeOf(visit) : null;
    const finish = (verdict: 'continue' | 'break'): void => {
      if (before !== null && placeOf(visit) !== before) visit.variables.set('REQUEST_URI', placeOf(visit));
      end(verdict, context, visit);
    };
    visit.request.edit = new RoutedAnswer(context, this.#programs, this.#settings.collected);
    try {
      const result = this.#programs.request.run(context);
      if (typeof result === 'string') finish(result);
      else result.then(finish, (error: unknown) => fail(error, visit));
    } catch (error) {
      fail(error, visit);
    }
  }
}

function end(verdict: 'continue' | 'break', context: RouteContext, visit: GateVisit): void {
  if (context.isTaken || visit.isOver) return;
  visit.isChanged ||= context.isChanged;
  if (verdict === 'continue') {
    // What was sent already is no head of an answer: it stands before the body.
    visit.proceed();
    return;
  }
  visit.counts.push('routed');
  const { reply } = context;
  context.reply = null;
  if (reply === null) visit.abort();
  else visit.respond(writeHead(reply, 1), reply.body);
}

/** Path and query as a target of HTTP; variables are bytes as latin-1. */
function placeOf({ variables }: GateVisit): string {
  const path = (variables.get('PATH_INFO') ?? '').replace(/[^!$&-;=@-Z_a-z~]/g, percent);
  const query = variables.get('QUERY_STRING') ?? '';
  return query === '' ? path : `${path}?${query.replace(/[^!-~]/g, percent)}`;
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function fail(error: unknown, visit: GateVisit): void {
  if (error instanceof TextTooLong) visit.fail(414);
  else visit.broken(error);
}
