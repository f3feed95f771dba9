/** How long clients may keep a file (`static-expires` and its kin): the first rule that fits says it. */
import { boundExpressions } from '../bounded-expressions.ts';
import type { ExpiresBy, ExpiresRule } from '../config/static-settings.ts';
import { httpDate } from './preconditions.ts';

export interface ExpiresSubject {
  file: string;
  pathInfo: string;
  uri: string;
  type: string | null;
  modifiedSeconds: number;
}

interface Rule extends ExpiresRule {
  expression: RegExp | null;
}

/** uWSGI's order of the lists: the most special one comes first. */
const ORDER: readonly ExpiresBy[] = ['file', 'path-info', 'uri', 'type'];

export class StaticExpires {
  readonly #rules: readonly Rule[];

  constructor(rules: readonly ExpiresRule[]) {
    if (rules.some(({ by }) => by !== 'type')) boundExpressions();
    this.#rules = ORDER.flatMap((by) =>
      rules
        .filter((rule) => rule.by === by)
        .map((rule) => ({ ...rule, expression: by === 'type' ? null : new RegExp(rule.pattern) })),
    );
  }

  /** Epoch seconds until which the file may be kept; null: nothing is said. */
  until(subject: ExpiresSubject, nowSeconds: number): number | null {
    for (const rule of this.#rules) {
      if (!fits(rule, subject)) continue;
      return (rule.fromMtime ? subject.modifiedSeconds : nowSeconds) + rule.seconds;
    }
    return null;
  }
}

function fits({ by, pattern, expression }: Rule, { file, pathInfo, uri, type }: ExpiresSubject): boolean {
  if (expression === null) return type === pattern;
  return expression.test(by === 'file' ? file : by === 'uri' ? uri : pathInfo);
}

/** The headers that say it, each with its line end. */
export function expiresHeaders(until: number | null, nowSeconds: number): string {
  if (until === null) return '';
  return `Expires: ${httpDate(until)}\r\nCache-Control: max-age=${Math.max(0, until - nowSeconds)}\r\n`;
}
