/**
 * uwsgi packets beside requests that workers can answer: each is open to whoever can connect, so none is taken unless the
 * configuration names it, by `uwsgi-modifiers` or by the plugin of uWSGI that serves it.
 */
import type { ProtocolSettings } from './settings.ts';

const MODIFIERS: Readonly<Record<string, number>> = { spooler: 17, signal: 110, cache: 111, rpc: 173 };

export const MODIFIER_NAMES: readonly string[] = Object.keys(MODIFIERS);

/** Takes packets of this kind; false: there is no such kind. */
export function allowModifier(protocols: ProtocolSettings, name: string): boolean {
  const modifier = Object.hasOwn(MODIFIERS, name) ? MODIFIERS[name] : undefined;
  if (modifier === undefined) return false;
  if (!protocols.modifiers.includes(modifier)) protocols.modifiers.push(modifier);
  return true;
}
