/**
 * PHP scripts, run by php-cgi.
 */
import { resolvePath } from '../host.ts';
import type { PhpDraft } from '../php-app.ts';
import { expressionError } from './loggers.ts';
import { type Draft, type OptionSection, type Reader } from './section.ts';

export const phpOptions: OptionSection = {
  data: `
php-docroot | path | works | | Folder of PHP scripts.
php-app | path | works | | PHP script that answers every request.
php-app-qs | string | works | | Query string for 'php-app', to which the path of the request is added.
php-app-bypass | list | works | | Expression for the path of requests that 'php-app' does not answer.
php-fallback | path | works | | PHP script for requests whose own script does not exist.
php-fallback2 | path | works | | As 'php-fallback', relative to the folder of scripts.
php-fallback-qs | string | works | | Query string variable in which 'php-fallback' finds the requested path.
php-index | list | works | | PHP script for requests that name a folder.
php-allowed-docroot | list | works | | Folder that scripts may be in; others are refused.
php-allowed-ext | list | works | | File name extension of PHP scripts that may run; others are refused.
php-allowed-script | list | works | | Absolute path of a script that may run; others are refused.
php-ini | path | works | | The php.ini to use.
php-ini-append | list | works | | Further php.ini, whose settings are added.
php-set | list | works | | Setting of PHP: NAME=VALUE.
php-var | list | works | | Variable that every PHP request has: NAME=VALUE.
php-constant | list | works | | Constant that every PHP script has: NAME=VALUE.
php-exec-before | list | works | | PHP code to run before each script.
php-exec-after | list | works | | PHP code to run after each script.
php-server-software | string | works | uWSGI | What PHP has in SERVER_SOFTWARE.
php-sapi-name | string | none: scripts run in php-cgi, which calls itself cgi-fcgi | uwsgi | Name of the server as PHP sees it; 'apache' lets old opcode caches work.
php-dump-config | flag | no: 'php-cgi -i' shows the settings | | Shows PHP's settings at the start.
`,
  readers: {
    'php-docroot': path((php, value) => (php.docroot = value)),
    'php-app': path((php, value) => (php.app = value)),
    'php-app-qs': text((php, value) => (php.appQuery = value)),
    'php-app-bypass': reader((php, value) => {
      const error = expressionError(value);
      if (error === null) php.appBypass.push(value);
      return error;
    }),
    'php-fallback': path((php, value) => (php.fallback = value)),
    'php-fallback2': text((php, value) => (php.fallback2 = value.replace(/^\/*/, '/'))),
    'php-fallback-qs': text((php, value) => (php.fallbackQuery = value)),
    'php-index': text((php, value) => php.index.push(value)),
    'php-allowed-docroot': path((php, value) => php.allowedDocroots.push(value)),
    'php-allowed-ext': text((php, value) => php.allowedExtensions.push(value)),
    'php-allowed-script': path((php, value) => php.allowedScripts.push(value)),
    'php-ini': path((php, value) => (php.ini = value)),
    'php-ini-append': path((php, value) => php.iniAppend.push(value)),
    'php-set': pair(/^[\w.-]+$/, (php, value) => php.set.push(value)),
    'php-var': pair(/^[^\0]+$/, (php, value) => php.vars.push(value)),
    'php-constant': pair(/^[A-Za-z_\x80-\uffff][\w\x80-\uffff]*$/, (php, value) => php.constants.push(value)),
    'php-exec-before': text((php, value) => php.execBefore.push(value)),
    'php-exec-after': text((php, value) => php.execAfter.push(value)),
    'php-server-software': text((php, value) => (php.serverSoftware = value)),
  },
};

/** Any option of PHP asks for it: the folder of scripts may be the front server's business. */
function reader(use: (php: PhpDraft, value: string, draft: Draft) => string | null): Reader {
  return (draft, value, origin) => {
    if (value === '') return 'needs a value.';
    draft.php.origin ??= origin;
    draft.php.folder = draft.folder;
    return use(draft.php, value, draft);
  };
}

function text(use: (php: PhpDraft, value: string) => unknown): Reader {
  return reader((php, value) => {
    use(php, value);
    return null;
  });
}

function path(use: (php: PhpDraft, path: string) => unknown): Reader {
  return reader((php, value, { folder }) => {
    use(php, resolvePath(folder, value));
    return null;
  });
}

function pair(names: RegExp, use: (php: PhpDraft, pair: [name: string, value: string]) => unknown): Reader {
  return reader((php, value) => {
    const equals = value.indexOf('=');
    const name = value.slice(0, Math.max(0, equals));
    if (!names.test(name)) return 'needs NAME=VALUE.';
    use(php, [name, value.slice(equals + 1)]);
    return null;
  });
}
