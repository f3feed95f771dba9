/**
 * Ruby, Perl, PHP and CGI. Explained here, not supported yet.
 */
import type { OptionSection } from './section.ts';

export const scriptingOptions: OptionSection = {
  data: `
rack | path | no | | Ruby Rack application, a config.ru.
rails | path | no | | Folder of an application of Rails 2 or older; newer ones have a config.ru for 'rack'.
rb-lib | list | no | | Folder to look for Ruby libraries in.
rb-require | list | no | | Ruby file or library to load before the application.
shared-rb-require | list | no | | Ruby file or library to load before the fork, before those of 'rb-require'.
rbthreads | flag | no | | Runs the requests of 'threads' in Ruby threads.
rb-threads | flag | no | | As 'rbthreads', by another name.
rbthread | flag | no | | As 'rbthreads', in the singular.
rb-thread | flag | no | | As 'rb-threads', in the singular.
fiber | flag | no | | Runs the requests of 'async' in Ruby fibers.
ruby-gc-freq | int | no | | Collects Ruby's garbage after this many requests. | unit=requests
gemset | string | no | | Set of gems, of RVM, to use.
rvm-path | path | no | | Folder in which RVM is installed.
rbshell | string | no | | Starts an interactive Ruby shell in the server.
rbshell-oneshot | string | no | | As 'rbshell', and ends with the shell.
psgi | path | no | | Perl PSGI application.
psgi-enable-psgix-io | flag | no | | Gives the application the client's connection as psgix.io.
perl-local-lib | list | no | | Folder of Perl libraries, as local::lib makes them.
perl-args | string | no | | Words, with blanks between, that Perl has in @ARGV.
perl-arg | list | no | | Word that Perl has in @ARGV.
perl-exec | list | no | | Perl file to run before the workers are forked.
perl-exec-post-fork | list | no | | Perl file to run in each worker after the fork.
perl-auto-reload | seconds | no | | Looks at loaded Perl files this often and reloads when one changes; for development.
perl-auto-reload-ignore | list | no | | File that 'perl-auto-reload' does not watch.
perl-no-die-catch | flag | no | | Leaves Perl's handler of die alone.
perl-no-plack | flag | no | | Loads the application without the help of Plack.
perl-version | flag | no | | On the command line: shows the version of Perl.
plshell | string | no | | Starts an interactive Perl shell in the server.
plshell-oneshot | string | no | | As 'plshell', and ends with the shell.
coroae | int | no | | Requests one worker runs at a time, with Perl's Coro::AnyEvent. | unit=requests
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
cgi | list | no | | Folder of CGI scripts or one script, alone or under a path: /path=/folder.
cgi-map-helper | list | no | | Program that runs scripts with this extension: EXTENSION=PROGRAM.
cgi-allowed-ext | list | no | | File name extension of CGI scripts that may run; others are refused.
cgi-index | list | no | | Script for requests that name a folder.
cgi-from-docroot | flag | no | | Runs the script that the request names in its DOCUMENT_ROOT.
cgi-safe | list | no | | Further folder that symbolic links to scripts may lead to.
cgi-timeout | seconds | no | | Longest silence of a script.
cgi-buffer-size | bytes | no | 65536 | Buffer for what scripts answer.
cgi-unset | list | no | | Environment variable that scripts do not get.
cgi-path-info | flag | no | | Does not look for a script within longer paths, and so sets no PATH_INFO.
cgi-optimize | flag | no | | Finds scripts in a quicker way.
cgi-loadlib | list | no | | Calls a function of a library at the start, so that scripts find it loaded: LIBRARY:FUNCTION.
cgi-close-stdin-on-eof | flag | no | | Closes a script's standard input when it has the whole body.
cgi-do-not-kill-on-error | flag | no | | Leaves a script running when its request fails.
cgi-async-max-attempts | int | no | 10 | How often the end of a script is looked for in asynchronous mode. | unit=attempts
`,
  readers: {},
};
