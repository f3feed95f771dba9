/**
 * Tables of rules, made ready once and run for each request. `goto` goes on below only, so that every rule runs at most
 * once a request. Rules that must wait (for the cache, say) make a promise of the rest; all others run through at once.
 */
import { boundExpressions } from '../../bounded-expressions.ts';
import { bytesOf } from '../../byte-text.ts';
import { compileExpression } from '../../config/routing-expressions.ts';
import type { RouteAction, RouteRule, RouteTable, RouteTest, RoutingSettings } from '../../config/routing-settings.ts';
import { parseValue, type Value } from '../../config/routing-values.ts';
import { expandValue } from './expand-value.ts';
import { ACTIONS, type Fields } from './route-actions.ts';
import { CONDITIONS } from './route-conditions.ts';
import type { RouteContext, Verdict } from './route-context.ts';

/** An action or a condition that needs more than the request: the caches, files, other servers. */
export interface LongActions {
  readonly actions: Readonly<Record<string, (context: RouteContext, fields: Fields) => Verdict | Promise<Verdict>>>;
  isInCache(cache: string, key: string): Promise<boolean>;
  metric(name: string): Promise<string>;
}

type Test = (context: RouteContext) => boolean | Promise<boolean>;

interface Step {
  /** Null: none, and `run` goes on. */
  label: string | null;
  test: Test | null;
  run: (context: RouteContext) => Verdict | Promise<Verdict>;
  /** Metrics that the rule's values name. */
  metrics: readonly string[];
}

export type Programs = Readonly<Record<RouteTable, RouteProgram>>;

export function compileTables({ tables }: RoutingSettings, long: LongActions): Programs {
  boundExpressions();
  return {
    request: new RouteProgram(tables.request, long),
    error: new RouteProgram(tables.error, long),
    response: new RouteProgram(tables.response, long),
    final: new RouteProgram(tables.final, long),
  };
}

/** The text is longer than an expression that looks around is given (engine/config/routing-expressions.ts). */
export class TextTooLong extends Error {}

export class RouteProgram {
  readonly #steps: readonly Step[];
  readonly #long: LongActions;

  constructor(rules: readonly RouteRule[], long: LongActions) {
    this.#long = long;
    this.#steps = rules.map((rule) => this.#step(rule));
  }

  get isEmpty(): boolean {
    return this.#steps.length === 0;
  }

  /** Runs the table; `continue` and its end are the same. May throw TextTooLong. */
  run(context: RouteContext): 'continue' | 'break' | Promise<'continue' | 'break'> {
    return this.#runFrom(0, context);
  }

  /** Runs a table of an answer that is on its way: nothing there waits. */
  runAtOnce(context: RouteContext): 'continue' | 'break' {
    const result = this.#runFrom(0, context);
    return typeof result === 'string' ? result : 'continue';
  }

  #runFrom(start: number, context: RouteContext): 'continue' | 'break' | Promise<'continue' | 'break'> {
    for (let at = start; at < this.#steps.length; ) {
      const step = this.#steps[at];
      if (step === undefined) break;
      const verdict = this.#execute(step, context);
      if (verdict instanceof Promise) return this.#runOn(at, verdict, context);
      const next = this.#after(at, verdict, context);
      if (typeof next === 'string') return next;
      at = next;
    }
    return 'continue';
  }

  /** Waits for a step, then runs what is left. */
  async #runOn(at: number, verdict: Promise<Verdict>, context: RouteContext): Promise<'continue' | 'break'> {
    const next = this.#after(at, await verdict, context);
    return typeof next === 'string' ? next : this.#runFrom(next, context);
  }

  /** Where it goes on after a step. */
  #after(at: number, verdict: Verdict, context: RouteContext): number | 'continue' | 'break' {
    if (verdict === 'next') return at + 1;
    if (typeof verdict === 'string') return verdict;
    const label = this.#steps.findIndex((step, index) => index > at && step.label === verdict.goto);
    if (label !== -1) return label;
    context.host.log(`[routing] 'goto:${verdict.goto}' finds no such label below it: the request ends here`);
    return 'break';
  }

  #execute(step: Step, context: RouteContext): Verdict | Promise<Verdict> {
    if (step.metrics.length > 0 && context.visit !== null) return this.#withMetrics(step, context);
    return runIf(step, context);
  }

  async #withMetrics(step: Step, context: RouteContext): Promise<Verdict> {
    for (const name of step.metrics) context.metrics.set(name, await this.#long.metric(name));
    return runIf(step, context);
  }

  #step(rule: RouteRule): Step {
    if (rule.type === 'label') return { label: rule.name, test: null, run: () => 'next', metrics: [] };
    const { test, action } = rule;
    const fields = compileFields(action);
    const run = ACTIONS[action.name] ?? this.#long.actions[action.name];
    if (run === undefined) throw new Error(`no action '${action.name}'`);
    const conditions = test?.type === 'condition' ? test.arguments.map(compileValue) : [];
    return {
      label: null,
      test: test === null ? null : this.#test(test, conditions),
      run: (context) => run(context, fields),
      metrics: [...new Set([...Object.values(fields), ...conditions].flatMap(metricsOf))],
    };
  }

  #test(test: RouteTest, values: readonly Value[]): Test {
    if (test.type === 'status') return (context) => context.status === test.status;
    if (test.type === 'match') {
      const match = matcher(test.expression);
      return (context) => match(context.get(test.variable), context);
    }
    const [first = [], second = []] = values;
    const { name, isNot } = test;
    if (name === 'regexp' || name === 're') {
      const match = matcher(test.arguments[1] ?? '');
      return (context) => match(expandValue(first, context), context) !== isNot;
    }
    if (name === 'incache') {
      const { name: cache = [], cache: otherName = cache, key = [] } = compilePairs(test.arguments[0] ?? '');
      return async (context) =>
        (await this.#long.isInCache(expandValue(otherName, context), expandValue(key, context))) !== isNot;
    }
    const holds = CONDITIONS[name];
    if (holds === undefined) throw new Error(`no condition '${name}'`);
    return (context) => holds(expandValue(first, context), expandValue(second, context)) !== isNot;
  }
}

function runIf({ test, run }: Step, context: RouteContext): Verdict | Promise<Verdict> {
  if (test === null) return run(context);
  const holds = test(context);
  if (typeof holds === 'boolean') return holds ? run(context) : 'next';
  return holds.then((found) => (found ? run(context) : 'next'));
}

function matcher(expression: string): (text: string, context: RouteContext) => boolean {
  const compiled = compileExpression(bytesOf(expression));
  if (!compiled.ok) throw new Error(compiled.message);
  const { pattern, longestText } = compiled;
  return (text, context) => {
    if (text.length > longestText) {
      if (context.visit !== null) throw new TextTooLong();
      return false;
    }
    // PCRE's `$` also stands before a line end that is the text's last character: `/admin%0a` is no way around a rule.
    const match = pattern.exec(text) ?? (text.endsWith('\n') ? pattern.exec(text.slice(0, -1)) : null);
    if (match === null) return false;
    context.groups = [...match];
    return true;
  };
}

function compileFields({ fields }: RouteAction): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, compileValue(text)]));
}

/** `key=foo,name=c1`: what stands for the values later is no comma of these. */
function compilePairs(argument: string): Fields {
  return Object.fromEntries(
    argument.split(',').map((part) => [part.split('=', 1)[0] ?? '', compileValue(part.replace(/^[^=]*=?/, ''))]),
  );
}

/** Requests are bytes as latin-1, and so are the values that meet them. */
function compileValue(text: string): Value {
  return parseValue(bytesOf(text));
}

function metricsOf(value: Value): string[] {
  return value.flatMap((part) => {
    if (part.type !== 'function' || part.name !== 'metric') return [];
    const [key] = part.key;
    return key?.type === 'text' ? [key.text] : [];
  });
}
