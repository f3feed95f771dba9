/**
 * What can be said of routes only when everything has been read: every `goto` has its label, a modifier that is set is the
 * application's, a server that a variable names was chosen by `hash`, and who is called is there.
 */
import { parseAddress } from './address.ts';
import type { ConfigError } from './errors.ts';
import { isPython, LANGUAGES } from './languages.ts';
import { CALL_ACTIONS, chosenPeer } from './routing-actions.ts';
import { findBadJumps } from './routing-lines.ts';
import type { RouteRule, RoutingSettings } from './routing-settings.ts';
import type { AppSetting, EngineSettings } from './settings.ts';

export function finishRouting({ routing, app }: EngineSettings, errors: ConfigError[]): void {
  for (const { origin, message } of findBadJumps(routing)) {
    errors.push({ code: 'bad-value', message, origin, option: 'route', hint: null });
  }
  checkChosenPeers(routing, errors);
  checkCalls(routing, app, errors);
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

/** A server that a variable names has to be one that `hash` has chosen: otherwise the client could choose it. */
function checkChosenPeers({ tables }: RoutingSettings, errors: ConfigError[]): void {
  for (const [at, rule] of tables.request.entries()) {
    if (rule.type === 'label') continue;
    const { name, fields } = rule.action;
    const variable = chosenPeer(rule.action);
    if (variable === null) continue;
    const choosing = tables.request
      .slice(0, at)
      .flatMap((above) => (isChoosing(above, variable) ? [above.action] : []));
    const wrong = choosing.flatMap(({ fields: { items = '' } }) => items.split(';')).find((item) => !isAddress(item));
    if (choosing.length > 0 && wrong === undefined) continue;
    const message =
      wrong === undefined
        ? `'${name}:${fields.address}' takes its server from a variable: only 'hash' may choose it, in a rule above ('hash:key=...,items=ADDRESS;ADDRESS,var=${variable}').`
        : `'${name}:${fields.address}' may get '${wrong}' from 'hash', which is no address.`;
    errors.push({ code: 'bad-value', message, origin: rule.origin, option: 'route', hint: null });
  }
}

function isChoosing(rule: RouteRule, variable: string): rule is Extract<RouteRule, { type: 'rule' }> {
  return rule.type === 'rule' && rule.action.name === 'hash' && rule.action.fields.var === variable;
}

function isAddress(item: string): boolean {
  return item === '' || parseAddress(item).ok;
}

/** Functions are registered in Python; other languages' workers answer no calls. */
function checkCalls({ tables }: RoutingSettings, app: AppSetting, errors: ConfigError[]): void {
  if (isPython(app)) return;
  for (const rule of tables.request) {
    if (rule.type === 'label' || !CALL_ACTIONS.includes(rule.action.name) || rule.action.fields.server !== '') continue;
    const { title } = LANGUAGES[app.language];
    const message = `'${rule.action.name}' calls functions of Python workers, and the application is in ${title}. At another server they can be called: '${rule.action.name}:FUNCTION@ADDRESS'.`;
    errors.push({ code: 'bad-value', message, origin: rule.origin, option: 'route', hint: null });
  }
}
