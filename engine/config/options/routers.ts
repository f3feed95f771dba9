/**
 * The routers beside that of HTTP. They have most options in common; those lines are made here. Explained, not supported
 * yet.
 */
import type { OptionSection } from './section.ts';

export const routersOptions: OptionSection = {
  data: `
fastrouter | list | no | | Takes uwsgi requests on this address and hands each to the backend of its host name.
${common('fastrouter')}
${backends('fastrouter')}
fastrouter-post-buffering | bytes | no | | Takes in request bodies first and keeps those above this size in a file.
fastrouter-post-buffering-dir | path | no | | Without effect in uWSGI: the environment variable TMPDIR names the folder of 'fastrouter-post-buffering'.
fastrouter-uid | string | no | | User of the processes of 'fastrouter'.
fastrouter-gid | string | no | | Group of the processes of 'fastrouter'.
fastrouter-resubscribe | list | no | | Router that gets the subscriptions of 'fastrouter' too.
fastrouter-resubscribe-bind | address | no | | Address that 'fastrouter-resubscribe' sends from.
fastrouter-buffer-size | bytes | no | | Buffer of 'fastrouter' for each connection; a page of memory unless set.
fastrouter-fallback-on-no-key | flag | no | | Uses 'fastrouter-fallback' for names that nobody has subscribed too.
fastrouter-subscription-fallback-key | string | no | | Name whose backends get the requests for names that nobody has subscribed.
fastrouter-subscription-slot | string | no | | Outdated: has no meaning any more.
rawrouter | list | no | | Takes TCP connections on this address and hands each to a backend as it is.
${common('rawrouter')}
${backends('rawrouter')}
rawrouter-max-retries | int | no | | Backends that 'rawrouter' tries for one connection.
rawrouter-xclient | flag | no | | Tells SMTP backends the client's address with XCLIENT.
rawrouter-buffer-size | bytes | no | | Buffer of 'rawrouter' for each connection; a page of memory unless set.
rawrouter-subscription-slot | string | no | | Outdated, as 'fastrouter-subscription-slot'.
sslrouter | list | no | | Ends TLS on this address and hands what is inside to a backend: ADDRESS,CERTIFICATE,KEY.
sslrouter2 | list | no | | As 'sslrouter', with options: addr=,cert=,key= and if wanted ciphers=, client_ca=.
${common('sslrouter')}
${backends('sslrouter')}
sslrouter-max-retries | int | no | | Backends that 'sslrouter' tries for one connection.
sslrouter-sni | flag | no | | Chooses the backend by the name that the client asks for in TLS.
sslrouter-session-context | string | no | | Name under which TLS sessions of 'sslrouter' are kept apart from those of other servers.
sslrouter-buffer-size | bytes | no | | Buffer of 'sslrouter' for each connection; a page of memory unless set.
forkptyrouter | list | no | | Takes connections on this address and gives each a terminal with a command.
forkptyrouter-command | string | no | /bin/sh | Command that 'forkptyrouter' runs for each connection.
forkptyrouter-rows | int | no | | Rows of the terminals of 'forkptyrouter'.
forkptyrouter-cols | int | no | | Columns of the terminals of 'forkptyrouter'.
${common('forkptyrouter')}
`,
  readers: {},
};

/** What every router has. */
function common(router: string): string {
  return `
${router}-processes | int | no | 1 | Processes of '${router}'. | unit=processes
${router}-zerg | list | no | | Takes the listening sockets of '${router}' from a zerg server.
${router}-fallback | list | no | | Backend of '${router}' when the right one fails.
${router}-events | int | no | | Events that '${router}' takes at once. | unit=events
${router}-cheap | flag | no | | Lets '${router}' listen only while there are backends.
${router}-timeout | seconds | no | | Longest silence of a connection through '${router}'.
${router}-stats | address | no | | Answers with the state of '${router}', as JSON, on this address.
${router}-harakiri | seconds | no | | Ends a process of '${router}' that hangs for this time.`;
}

/** How a router finds the backend of a name. */
function backends(router: string): string {
  return `
${router}-to | list | no | | Backend of '${router}'; several take turns.
${router}-use-socket | int | no | | Hands what '${router}' takes to the socket of this number of the same instance.
${router}-use-base | string | no | | Text in front of a name that makes the address of its backend for '${router}'.
${router}-use-pattern | string | no | | Address of the backend for '${router}', with %s where the name goes.
${router}-use-cache | string | no | | Cache in which '${router}' looks up the backend of a name.
${router}-use-code-string | string | no | | Function that tells '${router}' the backend of a name: MODIFIER:CODE:FUNCTION.
${router}-subscription-server | list | no | | UDP address or unix socket on which backends announce themselves to '${router}'.
${router}-gracetime | seconds | no | | Time after which '${router}' tries a failed backend again.
${router}-quiet | flag | no | | Does not log failed connections of '${router}' to backends.`;
}
