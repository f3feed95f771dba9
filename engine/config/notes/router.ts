/** Notes about the HTTP router; see option-notes.ts for their form. */
export const routerNotes = `
http-timeout
  Counts silence on either side: an application that thinks for longer than this without sending a byte loses its
  client, who gets an empty answer on uWSGI. Keep it above 'harakiri', so that harakiri ends the request and not the
  router.
http-keepalive
  Spares clients the handshake for each request, most with TLS. uWSGI keeps only HTTP/1.1 connections whose answers
  have a length or come in chunks, so use it with 'http-auto-chunked'. A number above 1 is the idle time; 1 means
  as long as 'http-timeout', and 'true' counts as 0 on uWSGI, which leaves it off. A pipelined second request is lost on uWSGI.
http-auto-chunked
  Sends answers without a Content-Length in chunks, which 'http-keepalive' needs. When the application dies in the
  middle, uWSGI still ends the answer as if it were whole: the client can not see that it was cut.
http-auto-gzip
  Compresses only answers with the header 'uWSGI-Encoding: gzip', which the application sets. Do not compress pages
  that mix secrets with what a client sent (BREACH), nor files that are compressed already.
http-websockets
  Lets a connection that asks for an upgrade through as it is. Each websocket then holds a core of a worker: without
  'gevent', 'asgi' or many 'threads' a few browser tabs use up all of them.
http-chunked-input
  Lets request bodies in chunks through the router. The application gets no CONTENT_LENGTH then; it has to read to the
  end, which on uWSGI means uwsgi.chunked_read() and not wsgi.input.
http-raw-body
  Hands the body on exactly as it came, chunks with their sizes included. The application has to take it apart itself.
http-manage-expect
  Answers 'Expect: 100-continue', which curl sends with bodies over a megabyte and otherwise waits a second for. With
  a number the router answers 413 to larger bodies before they are sent.
http-headers-timeout
  Ends clients that send their headers slowly on purpose. A few seconds suffice for honest ones; on uWSGI it is as long
  as 'http-timeout' without it.
http-connect-timeout
  How long the router waits for a backend to accept. A few seconds are enough on one machine, and a full queue is seen
  sooner.
http-modifier1
  On uWSGI sends all requests of the router to another language's plugin: 5 for Perl, 7 for Ruby, 9 for CGI, 14 for PHP.
  Requests for Python need 0, the default. The engine sends them to its application, and takes 0 or that one's number.
http-var
  Adds a request variable to all that comes through the router, to tell the application which way a request took for
  example. Values are the same for all requests.
http-use-pattern
  Makes the backend's address from the Host header. That header comes from the client: check that no name leads to a
  socket that is not meant to be reached.
http-gracetime
  A backend that failed gets no requests for this time. With a single backend that means errors for all of it; make it
  short then.
http-events
  How many ready connections the router handles before it waits again. It limits neither connections nor speed; leave
  it alone.
http-buffer-size
  Grows by itself up to 64 KiB for large headers. On the way to a worker the variables of a request also have to fit
  into its 'buffer-size', and that is what is too small most times.
http-uid
  The router's own user, when it should have less rights than the workers. On uWSGI a reload runs as the user of 'uid'
  already and can not change any more.
http-harakiri
  Ends a router process that hangs, with all its connections. It says nothing about requests; that is 'harakiri'.
http-enable-proxy-protocol
  Takes the client's address from the line that HAProxy or a load balancer sends first; version 1 only on uWSGI. uWSGI
  believes it from anyone, so only the balancer may reach this address; the engine asks 'trusted-proxy'.
http-server-name-as-http-host
  Applications that look at SERVER_NAME get the Host header in it. That header is the client's choice; check it against
  a list of names, as Django does with ALLOWED_HOSTS.
http-quiet
  Says nothing about backends that refuse. That also hides why clients get empty answers; fix the backends instead.
http-cheap
  Listens only while a backend is subscribed. A load balancer then sees a refused connection instead of an error.
`;
