/** What can be said of routes only when all of them have been read: every `goto` has its label. */
import type { ConfigError } from './errors.ts';
import { findBadJumps } from './routing-lines.ts';
import type { EngineSettings } from './settings.ts';

export function finishRouting({ routing }: EngineSettings, errors: ConfigError[]): void {
  for (const { origin, message } of findBadJumps(routing)) {
    errors.push({ code: 'bad-value', message, origin, option: 'route', hint: null });
  }
}
