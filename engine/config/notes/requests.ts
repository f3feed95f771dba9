/** Notes about requests, answers, and their limits; see option-notes.ts for their form. */
export const requestsNotes = `
buffer-size
  All headers or variables of a request have to fit. uWSGI's 4096 is too small for large cookies, long query strings
  or tokens: the log says 'invalid request block size', the client gets an empty answer, and nginx makes a 502 of it.
  16384 or 32768 is usual; 65535 is the most on uWSGI. nginx has limits of its own (large_client_header_buffers).
max-vars
  Number of headers and variables of a request; beyond it uWSGI drops the request with 'max vec size reached'. Raise it
  only when the log says so.
socket-timeout
  Longest silence while a worker reads a request or writes an answer; it holds the worker for so long. Large uploads
  over a bad network need more than 4 seconds with 'http-socket'; better put a web server or the router in front.
limit-post
  Refuses larger bodies before the application sees them. uWSGI closes the connection without an answer, the engine says
  413; let the web server in front have the same limit (client_max_body_size). It is in bytes: '10M' counts as 10.
post-buffering
  Reads the whole body before the application runs: in memory below this size, in a file above it. Without a web server
  in front it keeps slow uploads from counting as the application's time, but on uWSGI each part read moves the
  deadline of 'harakiri', so that a slow upload is never ended by it.
post-buffering-bufsize
  Bytes read at a time with 'post-buffering'. Each core has such a buffer, so a large value costs memory and saves
  little.
ignore-sigpipe
  Clients that go away fill the log with SIGPIPE lines; this leaves them out, usually with 'ignore-write-errors' and
  'disable-write-exception'. Nothing else changes.
ignore-write-errors
  Leaves out the log lines about clients that went away while an answer was sent. A high number of them may be a
  timeout of the web server in front: look there before silencing it.
disable-write-exception
  The application goes on when its client has gone, instead of getting an OSError in the middle. Applications that send
  endless answers then do not notice that nobody listens.
add-header
  Adds a header to every answer of the application, beside one of the same name that it sends itself. Static files of
  uWSGI get it too; the errors that a web server in front makes do not.
rem-header
  Drops a header from all answers of the application, such as X-Powered-By. One line for each name.
enable-proxy-protocol
  Takes the client's address from the line that a load balancer sends first; uWSGI knows version 1 only. uWSGI believes
  it from anyone who connects, so nobody but the balancer may reach the socket; the engine asks 'trusted-proxy'.
trusted-proxy
  Addresses or networks whose PROXY lines and X-Forwarded headers are taken for true; everybody else may write what they
  like into them. Name the balancers exactly: with 0.0.0.0/0 each client chooses its address in the log.
uwsgi-modifiers
  uWSGI's plugins spooler, signal, cache and rpc let whoever reaches a uwsgi socket put tasks into the spooler, raise
  signals, read and write the cache and call functions. The engine takes such packets only when they are named here, or
  by 'plugins'. The socket must then be out of reach of others: there is no password.
offload-threads
  Threads that send static files and router traffic after the worker has gone on to its next request. One or two are
  enough. It only helps where uWSGI serves files itself; behind nginx let nginx do that. The engine's gateway sends all
  answers itself, without a worker waiting.
chunked-input-limit
  Largest part that uwsgi.chunked_read() takes; a client decides the size of its parts. It does not limit the body as a
  whole.
chunked-input-timeout
  Longest wait in uwsgi.chunked_read(), 'socket-timeout' without it. An upload that pauses needs more; each wait holds a
  core of a worker.
response-headers-limit
  The headers of an answer have to fit, 64 KiB without it. An application that sets very many cookies meets it; the
  request then fails.
error-page-404
  Sent where uWSGI itself answers 404, as CGI and PHP do for a script that is not there. The application's own 404 pages
  are not touched.
body-read-warning
  A hint that large bodies are kept in memory. Set 'post-buffering' or 'limit-post' when it shows up.
no-fd-passing
  Refuses files that come over a unix socket together with a request. Nothing ordinary uses them; it closes one more
  door.
`;
