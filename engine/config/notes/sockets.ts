/** Notes about sockets and the addresses to answer on; see option-notes.ts for their form. */
export const socketsNotes = `
socket
  For a web server in front that speaks the uwsgi protocol, nginx's uwsgi_pass for example; a browser gets no answer
  from it. Whoever can connect to a socket of uWSGI can have it load files and run code by request variables, so use a
  unix socket or 127.0.0.1: a bare ':3031' listens on all networks. With 'protocol' it speaks something else.
uwsgi-socket
  Says the protocol in its name, so that 'protocol' does not change it. As with 'socket', never let strangers reach it:
  on uWSGI request variables such as UWSGI_FILE load and run files.
http-socket
  The workers read HTTP themselves: meant for a proxy in front, or for a quick try. uWSGI closes the connection after
  each answer, gives no 4xx to broken requests, and a slow client holds a worker for up to 'socket-timeout'; for clients
  from outside use 'http', or a web server in front. Request line and headers have to fit into 'buffer-size'.
http11-socket
  Keeps connections, but on uWSGI an idle client then keeps its worker's core to itself. Put it behind a proxy with a
  small number of kept connections, or use the router's 'http-keepalive'.
http-socket-modifier1
  Needed on uWSGI when requests that come over HTTP are for another language than Python, whose number is 0; 9 is CGI,
  14 is PHP, 5 is Perl, 7 is Ruby. The plugin with that number has to be loaded. The engine sends requests to its
  application, and takes 0 or that one's number.
fastcgi-socket
  For front servers without the uwsgi protocol. uWSGI serves one request per connection, so fastcgi_keep_conn of nginx
  brings nothing there.
fastcgi-nph-socket
  As 'fastcgi-socket', for front servers that want a whole HTTP status line instead of a 'Status:' header. With nginx
  or Apache take 'fastcgi-socket'.
scgi-socket
  For front servers that speak SCGI, such as lighttpd or Cherokee; nginx can too, but gains nothing over 'socket'.
  The headers of a request have to fit into 'buffer-size'.
raw-socket
  Hands the connection to a plugin that understands it ('python-raw'); nothing of HTTP is read. There are no request
  variables, no logging of paths and no harakiri before the application asks for it.
puwsgi-socket
  Keeps connections of the uwsgi protocol and reads no request bodies: a body is taken for the next request, which lets
  whoever may upload something run code. Do not offer it on a network; the engine refuses it.
protocol
  Says what every 'socket' speaks, whichever comes first in the file. A web server that was told uwsgi_pass gets no
  answer from a socket that speaks http, and the other way round: both sides have to change together.
shared-socket
  Opened before the rights of root are given up, and kept by a reload, so that port 80 works with 'uid'; other options
  then name it as '=0', '=1' and so on, in order. A changed address needs a restart: at a reload uWSGI drops the old
  socket and does not listen on the new one.
undeferred-shared-socket
  As 'shared-socket', without waiting for the first bytes of a connection before it is accepted. Needed where the server
  speaks first.
http
  Starts the router, a process of its own in front of the workers: clients may be slow, connections may be kept. It speaks
  the uwsgi protocol to the first 'socket', and makes one of its own when there is none: together with 'http-socket'
  alone every request hangs. On uWSGI a reload cuts its requests, and with 'uid' a port below 1024 can not be bound: open it
  with 'shared-socket' and write '=0' here.
http-to
  Address of the backends, several lines take turns; they have to speak the uwsgi protocol. A backend that refuses is
  left alone for 'http-gracetime', and its client gets an empty answer.
listen
  Connections that the kernel keeps until a worker accepts them. Linux cuts it at net.core.somaxconn, and uWSGI does not
  start when more is asked for; raise the kernel's limit first. Sockets that are bound keep theirs at a reload of uWSGI. A
  long queue only helps with bursts: when it is often used, there are too few workers.
chmod-socket
  Whoever may write to a unix socket may send requests, which on uWSGI means to run code: 660 with 'chown-socket' and the
  web server's group is better than 666. Without it the mode comes from 'umask'. In a file it needs its value. A socket that is bound keeps its mode at
  a reload.
chown-socket
  Gives unix sockets to the web server's group, as in 'www-data:www-data', together with 'chmod-socket' 660. Only root
  may give files away, so it needs a start as root and 'uid'; it happens once, when the socket is bound.
abstract-socket
  A name in Linux's abstract namespace leaves no file behind and needs no 'vacuum', but has no mode or owner either:
  every local user may connect. Containers with a network of their own do not see it.
thunder-lock
  Lets one process at a time accept, so that not all workers wake for one connection. Worth it with many workers or with
  threads on one socket; it costs a lock per request. A worker that is killed while it has the lock can block the others,
  where the system has no robust mutexes.
freebind
  Binds an address that the machine does not have yet, such as one of a failover (VRRP) or a network that comes up late.
  It takes effect when a socket is bound, that is at a start.
map-socket
  Binds sockets to workers, as in '0:1,2' for socket 0 and workers 1 and 2. Requests of a slow kind can then not take
  all workers; but workers that are reserved stand idle while others have a queue.
so-keepalive
  Has the kernel notice peers that vanished without closing, after two hours by default on Linux. It does not keep HTTP
  connections open; that is 'http-keepalive'.
tcp-nodelay
  Sends small packets without waiting for more. Helps applications that write answers in small pieces over TCP; unix
  sockets do not need it.
socket-sndbuf
  The system's buffer for what is written: with a large one a worker is done with an answer sooner, whatever the client's
  speed. It is set when the socket is bound, and costs memory for each connection.
socket-rcvbuf
  The system's buffer for what comes in. Linux grows it by itself up to net.ipv4.tcp_rmem; a value here switches that
  off, so leave it alone without a measurement.
reuse-port
  Several servers may bind the same TCP port and the kernel spreads connections over them, for example an old and a new
  instance during an upgrade. Connections in the queue of one that ends are lost. All of them need it, from the start.
max-fd
  Raises the number of files and connections a process may have; each connection, log and socket counts. Raising it over
  the hard limit needs root or LimitNOFILE of systemd. A reload of uWSGI can lower it, raising needs a restart.
tcp-fast-open
  Saves a round trip for clients that connect again, when both sides and the network play along. The kernel has to
  allow it for servers: net.ipv4.tcp_fastopen 2 or 3.
zerg-server
  Hands the listening sockets to other instances over a unix socket, so that more of them can join and leave under load.
  An instance that joins says 'zerg'; 'zerg-fallback' lets it open its own sockets when the server is gone.
http-processes
  One router process is enough for most servers: it only moves bytes. More help where TLS or very many small requests
  keep one processor busy, which top shows.
`;
