/**
 * The part of the settings that is about internal routing: four tables of rules, and the headers of answers that become
 * variables. Rules are plain data; what they mean when a request comes is engine/gateway/routing's business.
 */
import type { Origin } from './settings.ts';

/** `request`: before the application; `error`: at the status; `response`: before the headers are sent; `final`: after it. */
export type RouteTable = 'request' | 'error' | 'response' | 'final';

/** When a rule runs; null: always. */
export type RouteTest =
  | { type: 'match'; variable: string; expression: string }
  | { type: 'status'; status: number }
  | { type: 'condition'; name: string; arguments: string[]; isNot: boolean };

export type RouteRule =
  | { type: 'label'; name: string; origin: Origin }
  | { type: 'rule'; test: RouteTest | null; action: RouteAction; origin: Origin };

/** `fields` are the parts of the argument by name; they may hold `$1` and `${...}` (routing-values.ts). */
export interface RouteAction {
  name: string;
  fields: Record<string, string>;
}

export interface CollectedHeader {
  header: string;
  variable: string;
  /** `pull-header`: the client does not get it. */
  isPulled: boolean;
}

export interface RoutingSettings {
  tables: Record<RouteTable, RouteRule[]>;
  collected: CollectedHeader[];
  /** `router-list`: list the actions at the start. */
  listsActions: boolean;
}

export function defaultRouting(): RoutingSettings {
  return { tables: { request: [], error: [], response: [], final: [] }, collected: [], listsActions: false };
}

/** Does anything here have to see requests? */
export function hasRouting({ tables, collected }: RoutingSettings): boolean {
  return collected.length > 0 || Object.values(tables).some((rules) => rules.length > 0);
}
