/** What the rules say about a start of the engine: the warnings that the editor shows, for its log. */
import { formatOrigin } from '../errors.ts';
import type { Resolved } from '../resolve.ts';
import { rules } from './catalogue.ts';
import { fixMaker } from './fixes.ts';
import { ruleConfigOf } from './rule-config.ts';

/** One line each. Advice (infos) is for the editor only, and errors are buildSettings' to find. */
export function startAdvice(resolved: Resolved): string[] {
  const nothingIsEdited = fixMaker(null, () => false);
  const config = ruleConfigOf(resolved, { server: 'engine' }, nothingIsEdited);
  return rules
    .filter(({ server, aboutAbsence }) => server !== 'uwsgi' && (config.isWhole || aboutAbsence !== true))
    .flatMap((rule) =>
      rule
        .check(config)
        .filter(({ severity = rule.severity }) => severity === 'warning')
        .map(({ item, message }) => {
          const place = item === null ? '' : `${formatOrigin(item.origin)}: `;
          return `${place}warning: ${message} [${rule.code}]`;
        }),
    );
}
