/** Notes about internal routing; see option-notes.ts for their form. */
export const routingNotes = `
route
  An expression for the path and an action, tried in the order of the file before the application runs: '^/old/(.*)
  redirect-permanent:/new/$1'. Groups are $0 to $9, variables \${NAME}, \${cookie[NAME]}, \${qs[NAME]} and more;
  'router-list' shows the actions. Each line is checked at the start. Rules run in the gateway, so that what they answer
  needs no worker. Expressions are JavaScript's, which PCRE's mostly are too, and none can hold the server up.
route-if
  For conditions that no expression on one variable can say: 'isfile:/srv/down.html break:503 Maintenance',
  'ipv4in:\${REMOTE_ADDR};10.0.0.0/8 continue:'. Arguments of a condition are separated by a semicolon. 'route-if-not'
  is its opposite; there is no else.
route-if-not
  Runs the action when the condition does not hold, which is the usual way to protect something:
  'ipv4in:\${REMOTE_ADDR};10.0.0.0/8 break:403 Forbidden'. It sees the peer's address, behind a proxy that of the
  proxy.
route-run
  An action for every request, at its place in the order: 'addheader:X-Frame-Options: DENY', 'harakiri:60',
  'log:\${REQUEST_URI}'. In front of it an action such as 'goto' or 'last' may keep requests away from it.
route-host
  Chooses by the Host header as the client has sent it, with a port when there is one. Anyone may send any name, so it
  is no protection.
route-uri
  Sees the path with its query string and before percent signs are decoded; 'route' sees the decoded path alone. Rules
  for protection belong on the decoded one.
route-label
  Gives a place a name for 'goto', to skip a block of routes or to share one. The label stands below the 'goto', in the
  same table: going back ends the request on uWSGI 2.0.21 and is an error here.
error-route
  Runs when the status is set, and on uWSGI 2.0.21 it does so for every status, not for errors alone: use
  'error-route-status' or a condition. The response can still be replaced by then.
response-route
  Runs when the headers of the response are complete and before the first is sent: the place to add, remove or collect
  headers by what the application answered. The body is not known yet.
final-route
  Runs after the response, with its status, size and time at hand (\${uwsgi[status]}, \${uwsgi[rsize]}): for logging,
  metrics or signals. Nothing can be changed any more.
collect-header
  Makes a header of the response a variable that later routes and 'log-format' can use, as %(var.NAME) there.
  'pull-header' also takes it out of the response, for messages from the application to the server.
`;
