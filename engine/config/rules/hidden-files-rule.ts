/** Folders that are served as they are: names that begin with a dot (.git, .env, .htpasswd) are files for visitors, too. */
import type { ResolvedOption } from '../resolve-state.ts';
import { compileExpression } from '../routing-expressions.ts';
import type { Finding, Rule } from './rule.ts';
import { isOpen, type RuleConfig } from './rule-config.ts';

/** All but what RFC 8615 puts there for everybody. */
const REFUSAL = '/\\.(?!well-known/) break:404 Not Found';
const OPEN = '.well-known';

export const hiddenFilesRule: Rule = {
  code: 'static-serves-hidden',
  severity: 'warning',
  title: 'Hidden files are served to visitors',
  why: 'Names that begin with a dot are files like others: with .git a visitor has the whole history of the source code, with .env its passwords. Scanners ask every site for both.',
  todo: `Refuse them by a route (route = ${REFUSAL}), and name a folder that holds nothing but files for visitors.`,
  example: '[uwsgi]\nhttp-socket = 127.0.0.1:8080\nmodule = shop\nneed-app = true\ncheck-static = /srv/site\n',
  check: (config) =>
    ['check-static', 'static-map', 'static-map2'].flatMap((name) =>
      config.all(name).flatMap((item) => findingOf(config, item, name)),
    ),
};

function findingOf(config: RuleConfig, item: ResolvedOption, name: string): Finding[] {
  const equals = item.value.indexOf('=');
  const prefix = name === 'check-static' ? '' : item.value.slice(0, equals).replace(/\/+$/, '');
  const folder = item.value.slice(name === 'check-static' ? 0 : equals + 1);
  if (folder === '' || isOpen(folder) || (name !== 'check-static' && equals < 1)) return [];
  const path = `${config.path(folder)}${name === 'static-map2' ? prefix : ''}`;
  const hidden = config.host.list(path).filter((entry) => entry.startsWith('.') && entry !== OPEN);
  // A folder of its own for static files has none; a document root soon has.
  const [first] = hidden.toSorted();
  if ((first === undefined && name !== 'check-static') || refuses(config, prefix, first ?? '.git')) return [];
  const fix = config.fix.add(item, 'route', REFUSAL);
  const [severity, message] =
    first === undefined
      ? ([
          'info',
          `'${item.key} = ${item.value}' serves hidden files too, as soon as there are some (.git, .env).`,
        ] as const)
      : (['warning', `'${item.key} = ${item.value}' lets visitors download ${path}/${first}.`] as const);
  return [{ item, part: 'value', severity, message: `${message} Add 'route = ${REFUSAL}'.`, fix }];
}

/** Is there a route that answers such a path itself? */
function refuses(config: RuleConfig, prefix: string, name: string): boolean {
  const paths = [`${prefix}/${name}`, `${prefix}/${name}/x`];
  return config.all('route').some(({ value }) => {
    const [expression = '', action = ''] = value.split(' ', 2);
    if (!/^(?:break|break-with-status|return|redirect[\w-]*):/.test(action)) return false;
    const compiled = compileExpression(expression);
    return compiled.ok && paths.every((path) => compiled.pattern.test(path));
  });
}
