/**
 * What can be said of routes only when everything has been read: every `goto` has its label, and a modifier that is set is
 * the application's.
 */
import type { ConfigError } from './errors.ts';
import { LANGUAGES } from './languages.ts';
import { findBadJumps } from './routing-lines.ts';
import type { EngineSettings } from './settings.ts';

export function finishRouting({ routing, app }: EngineSettings, errors: ConfigError[]): void {
  for (const { origin, message } of findBadJumps(routing)) {
    errors.push({ code: 'bad-value', message, origin, option: 'route', hint: null });
  }
  const { title, modifier1 } = LANGUAGES[app.language];
  for (const rule of routing.tables.request) {
    if (rule.type === 'label' || rule.action.name !== 'setmodifier1') continue;
    const wished = Number(rule.action.fields.value);
    if (wished === 0 || wished === modifier1) continue;
    const own = modifier1 === 0 ? '0' : `0 or ${modifier1}`;
    const message = `'setmodifier1:${wished}' names another language: the application is in ${title}, and an instance has one language. Its modifier is ${own}.`;
    errors.push({ code: 'bad-value', message, origin: rule.origin, option: 'route', hint: null });
  }
}
