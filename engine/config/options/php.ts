/**
 * PHP scripts, run by php-cgi.
 */
import type { OptionSection } from './section.ts';

export const phpOptions: OptionSection = {
  data: `
php-docroot | path | no | | Folder of PHP scripts.
php-app | path | no | | PHP script that answers every request.
php-app-qs | string | no | | Query string for 'php-app', to which REQUEST_URI is added.
php-app-bypass | list | no | | Expression for the URI of requests that 'php-app' does not answer.
php-fallback | path | no | | PHP script for requests whose own script does not exist.
php-fallback2 | path | no | | As 'php-fallback', relative to the folder of scripts.
php-fallback-qs | string | no | | Query string variable in which 'php-fallback' finds the requested path.
php-index | list | no | | PHP script for requests that name a folder.
php-allowed-docroot | list | no | | Folder that may be the folder of scripts; others are refused.
php-allowed-ext | list | no | | File name extension of PHP scripts that may run; others are refused.
php-allowed-script | list | no | | Absolute path of a script that may run; others are refused.
php-ini | path | no | | The php.ini to use.
php-ini-append | list | no | | Further php.ini, whose settings are added.
php-set | list | no | | Setting of PHP: NAME=VALUE.
php-var | list | no | | Variable that every PHP request has: NAME=VALUE.
php-constant | list | no | | Constant that every PHP script has: NAME=VALUE.
php-exec-before | list | no | | PHP code to run before each script.
php-exec-after | list | no | | PHP code to run after each script.
php-server-software | string | no | | What PHP has in SERVER_SOFTWARE.
php-sapi-name | string | no | uwsgi | Name of the server as PHP sees it; 'apache' lets old opcode caches work.
php-dump-config | flag | no | | Shows PHP's settings at the start.
`,
  readers: {},
};
