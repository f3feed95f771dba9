/**
 * Development, the program file itself, and plugins that stand alone. Explained here, not supported yet.
 */
import type { OptionSection } from './section.ts';

export const toolsOptions: OptionSection = {
  data: `
dump-options | flag | no | | On the command line: lists the names of all options.
plugins-list | flag | no | | Lists the plugins that are loaded.
autoload | flag | no | | Loads the plugin that brings an option when the option is not known.
dlopen | list | no | | Loads a library at the start.
allowed-modifiers | string | no | | Modifiers that requests may have, as a list with commas; others are refused.
remap-modifier | string | no | | Takes requests with one modifier as if they had another: FROM:TO, with commas between.
cgi-mode | flag | no | | Begins answers with a 'Status:' line, as CGI does, in place of HTTP's first line.
mode | string | no | | Word that the application finds in uwsgi.mode.
vhost | flag | no | | Loads applications apart for each SERVER_NAME, as requests name them.
vhost-host | flag | no | | As 'vhost', by the Host header.
worker-mount | list | no | | As 'mount', loaded in the workers and not before they are forked.
ignore-script-name | flag | no | | Takes no notice of SCRIPT_NAME in requests.
exception-handler | list | no | | Hands exceptions of the application to this handler, PLUGIN:ARGUMENT.
write-errors-tolerance | int | no | | Failed writes to a client before its request is given up. | unit=writes
write-errors-exception-only | flag | no | | Leaves it to the application's handler what happens after a failed write.
error-page-403 | list | no | | HTML file sent when the server itself answers 403.
error-page-500 | list | no | | HTML file sent when the server itself answers 500.
force-gateway | flag | no | | Runs a router without a master.
no-server | flag | no | | Sets everything up and ends without serving.
command-mode | flag | no | | Runs what plugins are told to run, and serves nothing.
skip-zero | flag | no | | Does not look whether standard input is a socket to serve on.
skip-atexit | flag | no | | Ends workers without running the exit handlers of the program.
skip-atexit-teardown | flag | no | | Ends workers without taking the language's interpreter down. | since=2.0.15
use-abort | flag | no | | Leaves a core dump when a process crashes.
backtrace-depth | int | no | | Calls shown when a process crashes. | unit=calls
profiler | string | no | | Profiler of the language's plugin to run the application under.
clock | string | no | unix | Where the time comes from: unix, or what a plugin brings, realtime or monotonic. | choices=unix,realtime,monotonic
clock-list | flag | no | | Lists what 'clock' may be.
safe-fd | list | no | | Descriptor that stays open at a reload.
file-write | list | no | | Writes a text to a file before rights are given up: FILE=TEXT.
print-sym | string | no | | On the command line: shows a text that was compiled into the program.
exit | int | no | | Ends the program while it reads this option, with this code.
binary-path | path | no | | Path of the program to run at a reload.
privileged-binary-patch | string | no | | Runs this program in place of the server, before rights are given up.
privileged-binary-patch-arg | string | no | | As 'privileged-binary-patch', a program with arguments.
unprivileged-binary-patch | string | no | | Runs this program in place of the server, after rights were given up.
unprivileged-binary-patch-arg | string | no | | As 'unprivileged-binary-patch', a program with arguments.
binary-append-data | string | no | | On the command line: prints a file so that it can be appended to the program.
cflags | flag | no | | On the command line: shows how the program was compiled, for building plugins.
dot-h | flag | no | | On the command line: shows the C header that plugins include.
config-py | flag | no | | On the command line: shows the script that the program was built with.
build-plugin | path | no | | On the command line: builds a plugin from this folder.
ldap | list | no | | Reads options from an LDAP server.
ldap-schema | flag | no | | Shows the LDAP schema of all options.
ldap-schema-ldif | flag | no | | As 'ldap-schema', in the form of LDIF.
sqlite3 | list | no | | Reads options from an SQLite database.
geoip-country | path | no | | GeoIP database of countries, for routes.
geoip-city | path | no | | GeoIP database of cities, for routes.
geoip-use-disk | flag | no | | Reads GeoIP databases from disk each time, to spare memory.
pam | string | no | | PAM service that opens a session for the user the server runs as.
pam-user | string | no | | User that PAM is told.
ping | address | no | | On the command line: asks whether an instance at this address answers.
ping-timeout | seconds | no | | Longest wait of 'ping'.
nagios | flag | no | | On the command line: tells Nagios how the instance at the address of 'socket' is.
notfound-log | flag | no | | Logs requests that the plugin 'notfound' answers.
zeromq | list | no | | ZeroMQ socket of Mongrel2 that requests come from.
zmq | list | no | | As 'zeromq', by another name.
zeromq-socket | list | no | | As 'zeromq', by a longer name.
zmq-socket | list | no | | As 'zmq', by a longer name.
mongrel2 | list | no | | As 'zeromq', by the name of the server.
pty-socket | address | no | | Terminal of the application, for one who connects to this address; for development.
pty-log | flag | no | | Writes what is shown on the terminal to the log too.
pty-input | flag | no | | Takes input from the terminal the server was started in too.
pty-connect | address | no | | On the command line: connects this terminal to that of 'pty-socket'.
pty-uconnect | address | no | | As 'pty-connect', by the uwsgi protocol.
pty-no-isig | flag | no | | Sends Ctrl-C to the other side in place of ending 'pty-connect'.
pty-exec | string | no | | Command that is run in the terminal of 'pty-socket'.
`,
  readers: {},
};
