/**
 * One request on its way through the routes: what they look at (its variables, the groups of the expression that matched
 * last, the answer's status) and what they have decided so far about its answer and its line in the log.
 */
import type { MediaTypes } from '../media-types.ts';
import type { GatewayRequest } from '../request.ts';
import type { GateVisit } from '../request-gate.ts';
import type { AnswerHead } from './answer-head.ts';

/** What a rule leads to: the next one, the application, the end of the request, or a label below. */
export type Verdict = 'next' | 'continue' | 'break' | { goto: string };

/** An answer that routes have made. */
export interface Reply extends AnswerHead {
  body: Buffer;
}

/** What routes ask of the gateway and the master. */
export interface RoutingHost {
  log(text: string): void;
  raiseSignal(signal: number): void;
  raiseAlarm(alarm: string, message: string): void;
  /** Requests that wait for a worker. */
  queueLength(): number;
  mediaTypes(): MediaTypes;
}

export class RouteContext {
  readonly request: GatewayRequest;
  readonly variables: Map<string, string>;
  readonly host: RoutingHost;
  /** While the request is at the gate; null: its answer is on the way. */
  visit: GateVisit | null;
  /** Variables have changed: the worker is to get them as they are. */
  isChanged = false;
  /** Of the expression that matched last: the whole match, then its groups. */
  groups: readonly (string | undefined)[] = [];
  /** uWSGI's status of a request that has none yet is 500. */
  status = 500;
  bodyBytes = 0;
  /** Headers for the answer, as lines. */
  added: string[] = [];
  /** Names of headers the application's answer loses, in lower case. */
  readonly removed = new Set<string>();
  /** The answer that is to be sent when the table ends with `break`; null: none, the connection is closed. */
  reply: Reply | null = null;
  /** What `send` has put together. */
  sent: Buffer[] = [];
  /** What becomes of the answer's body on its way. */
  isUpper = false;
  isGzipped = false;
  isStreamed = false;
  /** Called with the answer's body once it is complete (`cachestore`). */
  keepers: ((body: Buffer) => void)[] = [];
  /** What a variable of a metric is, as far as it was asked for. */
  readonly metrics = new Map<string, string>();
  /** What `hash` has chosen: servers that the request may be passed on to. */
  readonly chosen = new Set<string>();
  /** `basicauth` has found who it is. */
  isAuthenticated = false;
  /** An action has taken the request over and answers it itself. */
  isTaken = false;

  constructor(visit: GateVisit, host: RoutingHost) {
    this.visit = visit;
    this.request = visit.request;
    this.variables = visit.variables;
    this.host = host;
  }

  get(name: string): string {
    return this.variables.get(name) ?? '';
  }

  set(name: string, value: string): void {
    this.variables.set(name, value);
    this.isChanged = true;
  }
}
