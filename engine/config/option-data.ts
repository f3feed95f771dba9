/**
 * What is known about an option beyond its name: `name | kind | engine | default | help`, one a line.
 * kind: flag, int, string, list, mb (size in megabytes), bytes, seconds, address, path, mode (octal), logic.
 * engine: `works`, `no` (not supported) or `none: reason` (accepted, has no effect here). An option that is not listed
 * is not supported. Help is one sentence of our own; an empty default means that there is none.
 */
export const OPTION_DATA = `
# Listeners
http | address | works | | Answers HTTP on this address through the router in front of the workers.
http-socket | address | works | | Answers HTTP/1.1 on this address.
socket | address | works | | Answers the uwsgi protocol on this address, for nginx's uwsgi_pass.
uwsgi-socket | address | works | | Answers the uwsgi protocol on this address, whatever 'protocol' says.
http11-socket | address | no | | Answers HTTP/1.1 with keep-alive on this address.
https-socket | string | no | | Answers HTTPS: address, certificate and key, separated by commas.
https | string | no | | Answers HTTPS through the router: address, certificate and key, separated by commas.
fastcgi-socket | address | no | | Answers the FastCGI protocol on this address.
scgi-socket | address | no | | Answers the SCGI protocol on this address.
protocol | string | works | uwsgi | Protocol that 'socket' speaks: uwsgi or http here, fastcgi and scgi as well on uWSGI.
shared-socket | address | no | | Opens a socket before privileges are dropped, to be named as '=0', '=1' by other options.
listen | int | works | 100 | Connections the system keeps waiting for each socket; more are refused.
chmod-socket | mode | works | 666 | File mode of unix sockets, in octal; 666 when no value is given.
chown-socket | string | no | | Owner of unix sockets, as user:group.
http-to | address | works | | Address of the uwsgi socket the router hands requests to; the engine's router always uses its own workers.
http-keepalive | seconds | works | 30 | Idle time after which a kept connection of the router is closed; 0 switches keep-alive off.
http-timeout | seconds | works | 60 | Longest silence of a client or of the application before the router gives up.
http-processes | int | none: the engine's gateways share each port already | 1 | Router processes.
http-auto-chunked | flag | none: responses of unknown length are always sent chunked to HTTP/1.1 clients | | Sends responses without a length as chunks.
http-raw-body | flag | no | | Hands chunked request bodies on as they are.
http-websockets | flag | no | | Lets websocket connections through the router.
http-auto-gzip | flag | no | | Compresses responses that ask for it with 'uWSGI-Encoding: gzip'.
http-modifier1 | int | no | 0 | Modifier the router puts in each request.
http-manage-expect | int | no | | Answers 'Expect: 100-continue', up to this body size.
so-keepalive | flag | no | | Switches TCP keep-alive on for accepted connections.
tcp-nodelay | flag | none: it is always on | | Sends small packets at once.
reuse-port | flag | none: the engine's gateways share each TCP port anyway | | Lets several servers bind the same port.
no-defer-accept | flag | none: the engine never defers accept | | Accepts a connection before its first bytes arrive.
thunder-lock | flag | none: the engine's gateway hands out requests, workers never compete for a socket | | Serialises accept() among workers.
# Processes
master | flag | works | false | Runs a master process that restarts workers and answers signals, stats and the FIFO.
processes | int | works | 1 | Worker processes.
threads | int | works | 1 | Threads of each worker; each one serves a request at a time.
enable-threads | flag | works | false | Lets the application start its own threads.
lazy-apps | flag | works | false | Loads the application in each worker and not once before the workers are forked.
lazy | flag | no | | Old form of 'lazy-apps'; write that.
single-interpreter | flag | works | false | Runs all applications in one Python interpreter.
cheaper | int | no | | Smallest number of workers kept running when there is little to do.
cheaper-initial | int | no | | Workers started at first when 'cheaper' is set.
cheaper-step | int | no | 1 | Workers added at a time when 'cheaper' is set.
cheaper-algo | string | no | spare | How 'cheaper' decides: spare, backlog or busyness.
cheap | flag | no | | Starts workers with the first request.
idle | seconds | no | | Goes to sleep after this time without a request.
die-on-idle | flag | no | | Stops instead of sleeping when 'idle' is over.
async | int | no | | Requests one worker runs at a time in asynchronous mode.
gevent | int | no | | Greenlets of each worker, with gevent.
loop | string | no | | Event loop that runs requests.
cpu-affinity | int | no | | Binds each worker to this number of cores.
uid | string | no | | User to run as, by name or number.
gid | string | no | | Group to run as, by name or number.
umask | mode | no | | File mode mask, in octal.
daemonize | path | no | | Goes into the background and logs to this file; run the engine under a supervisor instead.
daemonize2 | path | no | | As 'daemonize', after the applications were loaded.
pidfile | path | works | | Writes the master's pid to this file before privileges are dropped.
pidfile2 | path | no | | As 'pidfile', after privileges were dropped.
safe-pidfile | path | no | | As 'pidfile', written when the server is ready.
auto-procname | flag | works | false | Gives each process a name that says what it does.
procname-prefix | string | works | | Text in front of process names.
procname-prefix-spaced | string | works | | As 'procname-prefix', with a blank after it.
procname | string | no | | Name of all processes.
procname-master | string | no | | Name of the master process.
vacuum | flag | works | false | Removes sockets and pid files at the end.
strict | flag | works | false | Refuses unknown options and placeholders that are not set with 'set-placeholder'.
show-config | flag | works | false | Prints the options in effect at the start.
no-orphans | flag | none: workers always end with their master | | Ends workers whose master is gone.
no-fd-passing | flag | none: the engine passes no descriptors through requests | | Refuses file descriptors on unix sockets.
ignore-sigpipe | flag | none: SIGPIPE never ends or logs anything here | | Says nothing about clients that hung up (SIGPIPE).
ignore-write-errors | flag | none: clients that hung up are counted, not logged | | Says nothing about clients that hung up.
disable-write-exception | flag | none: a client that hung up raises nothing in the application | | Raises no exception in the application when a client hung up.
close-on-exec | flag | none: sockets are never handed to the application's children | | Closes sockets in programs the application starts.
close-on-exec2 | flag | none: sockets are never handed to the application's children | | Closes server sockets in programs the application starts.
# Application
wsgi-file | path | works | | File that holds the Python WSGI application.
module | string | works | | Python module of the WSGI application: package.module or package.module:callable.
callable | string | works | application | Name of the WSGI application in its module.
pythonpath | list | works | | Folder to look for Python modules in, or a glob.
home | path | works | | Python virtual environment to use.
chdir | path | works | | Folder to change to before the application is loaded.
chdir2 | path | no | | Folder to change to after the application was loaded.
env | list | works | | Sets an environment variable: NAME=value.
unenv | list | no | | Removes an environment variable.
envdir | path | no | | Reads environment variables from the files of a folder.
need-app | flag | works | false | Does not start when the application cannot be loaded.
js-app | path | works | | File of a JavaScript application that exports a fetch handler or a node:http handler.
mount | list | no | | Puts an application under a path: /path=module:callable.
manage-script-name | flag | no | | Splits the path of mounted applications into SCRIPT_NAME and PATH_INFO.
import | list | no | | Python module to import in each worker that runs spooler or timer code.
shared-import | list | no | | Python module to import in all processes.
eval | string | no | | Python code that makes the application.
paste | string | no | | PasteDeploy configuration of the application.
pymodule-alias | list | no | | Gives a Python module another name.
wsgi-env-behaviour | string | none: each request gets an environ of its own | | How the environ dictionary of requests is kept.
py-call-osafterfork | flag | none: workers are forked by Python itself, which does this | | Runs Python's own handlers after a fork.
py-call-uwsgi-fork-hooks | flag | none: workers are forked by Python itself, which does this | | Runs Python's own handlers around a fork.
py-tracebacker | path | no | | Unix socket that prints the stacks of all threads.
py-autoreload | int | no | | Watches Python modules and reloads when one changes.
reload-os-env | flag | no | | Takes the environment again at a reload.
plugins | list | works | | Plugins to load; the engine has Python and HTTP built in.
need-plugins | list | works | | Plugins to load, without which the server does not start.
plugins-dir | path | none: the engine has its plugins built in | | Folder of plugins.
rack | path | no | | Ruby Rack application.
psgi | path | no | | Perl PSGI application.
php-docroot | path | no | | Folder of PHP scripts.
cgi | list | no | | Folder of CGI scripts.
# Requests
harakiri | seconds | works | 0 | Ends a request that takes longer: the client gets 504 and the worker is replaced.
harakiri-verbose | flag | works | false | Logs where the request stood when harakiri ended it.
harakiri-no-arh | flag | none: the engine runs no code after the response | | Ends harakiri before the after-request hooks.
harakiri-graceful-timeout | seconds | no | | Time a worker gets to end by itself at harakiri.
max-requests | int | works | 0 | Requests after which a worker is replaced; 0 means never.
max-requests-delta | int | no | 0 | Spreads 'max-requests' over the workers by this number times their id.
min-worker-lifetime | seconds | works | 60 | Shortest life of a worker before 'max-requests' may replace it.
max-worker-lifetime | seconds | no | | Replaces a worker after this time.
worker-reload-mercy | seconds | works | 60 | Time a worker gets to finish its requests at a reload or stop.
reload-mercy | seconds | no | | Time the master gives workers at a stop; write 'worker-reload-mercy'.
reload-on-rss | mb | no | | Replaces a worker whose memory is larger than this.
reload-on-as | mb | no | | Replaces a worker whose address space is larger than this.
evil-reload-on-rss | mb | no | | Kills a worker whose memory is larger than this.
limit-as | mb | no | | Largest address space of a process.
buffer-size | bytes | works | 65536 | Largest request line with headers, or uwsgi block (uWSGI's default is 4096).
post-buffering | bytes | none: the engine always has the whole body before a worker is busy with it | | Size from which request bodies go to a file.
post-buffering-bufsize | bytes | none: the engine sizes its own buffers | | Buffer used for 'post-buffering'.
limit-post | bytes | works | 0 | Largest request body; 0 means no limit.
socket-timeout | seconds | works | 4 | Longest silence on a connection before it is closed.
max-vars | int | none: the engine has no table of that size | 64 | Largest number of variables of a request.
offload-threads | int | no | 0 | Threads that send files and responses while the worker goes on.
add-header | list | no | | Adds a header to each response.
error-page-404 | list | no | | File sent when there is no application.
# Reload and control
touch-reload | list | works | | Reloads when this file is touched.
touch-chain-reload | list | no | | Reloads workers one by one when this file is touched; needs 'lazy-apps'.
touch-workers-reload | list | no | | Reloads workers only when this file is touched.
master-fifo | list | works | | Named pipe that takes commands: r reloads, q stops.
die-on-term | flag | works | false | Stops at SIGTERM instead of reloading.
exit-on-reload | flag | no | | Stops when asked to reload.
stats | address | works | | Answers with the stats document on this address.
stats-http | flag | works | false | Puts an HTTP header in front of the stats document.
stats-minified | flag | works | false | Leaves blanks out of the stats document.
stats-no-cores | flag | works | false | Leaves the list of cores out of the stats document.
stats-no-metrics | flag | none: the document has no metrics yet | | Leaves metrics out of the stats document.
stats-push | list | no | | Sends the stats document somewhere at intervals.
memory-report | flag | works | false | Measures the memory of each worker, for stats and the request log.
emperor | string | no | | Runs each configuration file of a folder as an instance of its own.
subscribe-to | list | no | | Tells a router that this instance serves a domain.
snmp | string | no | | Answers SNMP.
enable-metrics | flag | no | | Keeps metrics.
# Log
logto | path | works | | Writes the log to this file.
logto2 | path | no | | As 'logto', opened after privileges were dropped.
log-format | string | works | | Format of the line logged for each request.
disable-logging | flag | works | false | Logs no requests.
log-date | string | works | | Puts the date in front of each line of the log.
log-master | flag | none: all output goes through the master anyway | | Sends all log lines through the master.
log-4xx | flag | no | | Logs requests answered with 4xx although request logging is off.
log-5xx | flag | no | | Logs requests answered with 5xx although request logging is off.
log-slow | int | no | | Logs requests slower than this many milliseconds.
log-maxsize | bytes | no | | Size at which the log file is renamed and a new one begun.
log-reopen | flag | no | | Opens the log file again at a reload.
log-x-forwarded-for | flag | no | | Logs the address of X-Forwarded-For.
logger | list | no | | Where the server's log goes.
req-logger | list | no | | Where the request log goes.
log-syslog | string | no | | Sends the log to syslog.
# Static files
static-map | list | no | | Serves a folder under a path: /path=/folder.
check-static | list | no | | Serves a file of this folder when the path names one.
static-index | list | no | | File served for a folder.
static-expires | list | no | | Seconds a matching file may be cached.
# Background work
spooler | list | no | | Folder of queued tasks.
mule | list | no | | Extra process beside the workers, with a script or without.
cron | list | no | | Command at a time: minute hour day month weekday command.
cron2 | list | no | | Command at a time, with options in front.
attach-daemon | list | no | | Program that is started and stopped with the server.
attach-daemon2 | list | no | | Program that is started and stopped with the server, with options.
smart-attach-daemon | list | no | | Program that outlives a reload, with its pid file.
alarm | list | no | | Names an alarm and what it does.
cache2 | list | no | | Shared cache, with its options.
route | list | no | | Does something with requests whose path matches.
# Configuration
ini | list | works | | Reads options from an INI file, file or file:section.
xml | list | no | | Reads options from an XML file.
yaml | list | no | | Reads options from a YAML file.
json | list | no | | Reads options from a JSON file.
config | list | no | | Reads options through a plugin.
include | list | works | | Reads options from another file at this place.
inherit | list | works | | Reads options from another file after all others.
set | list | works | | Sets an option or a placeholder: name=value.
set-placeholder | list | works | | Sets a placeholder: name=value.
declare-option | list | works | | Makes an option out of others: name=option=$1;option=$2.
declare-option2 | list | works | | As 'declare-option', applied after placeholders were replaced.
print | list | works | | Writes a text to the log at the start.
iprint | list | works | | Writes a text to the log while the file is read.
for | logic | works | | Repeats the lines up to 'endfor' for each word; %(_) is the word.
for-glob | logic | works | | Repeats the lines up to 'endfor' for each path that matches.
for-times | logic | works | | Repeats the lines up to 'endfor' so many times.
for-readline | logic | works | | Repeats the lines up to 'endfor' for each line of a file.
endfor | logic | works | | Ends 'for'.
if-opt | logic | works | | The lines up to 'endif' count when the option was given before: name or name=value.
if-not-opt | logic | works | | The lines up to 'endif' count when the option was not given before.
if-env | logic | works | | The lines up to 'endif' count when the environment variable is set: NAME or NAME=value.
if-not-env | logic | works | | The lines up to 'endif' count when the environment variable is not set.
if-exists | logic | works | | The lines up to 'endif' count when the path exists.
if-not-exists | logic | works | | The lines up to 'endif' count when the path does not exist.
if-file | logic | works | | The lines up to 'endif' count when the path is a file.
if-not-file | logic | works | | The lines up to 'endif' count when the path is not a file.
if-dir | logic | works | | The lines up to 'endif' count when the path is a folder.
if-not-dir | logic | works | | The lines up to 'endif' count when the path is not a folder.
if-hostname | logic | works | | The lines up to 'endif' count on the host of this name.
if-not-hostname | logic | works | | The lines up to 'endif' count on any host but this one.
if-hostname-match | logic | works | | The lines up to 'endif' count when the host name matches.
if-not-hostname-match | logic | works | | The lines up to 'endif' count when the host name does not match.
if-plugin | logic | works | | The lines up to 'endif' count when the plugin is there.
if-not-plugin | logic | works | | The lines up to 'endif' count when the plugin is not there.
if-reload | logic | works | | The lines up to 'endif' count after a reload.
if-not-reload | logic | works | | The lines up to 'endif' count at the first start.
endif | logic | works | | Ends 'if-...'.
`;
