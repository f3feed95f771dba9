/** Notes about asynchronous modes and event loops; see option-notes.ts for their form. */
export const loopsNotes = `
asgi
  The engine's own option: uWSGI 2.0 does not run ASGI applications. Each worker runs them in an event loop of its own, up
  to 'async' requests at a time (100 unless it says more), websockets included. A request that is past 'harakiri' is
  cancelled alone, with its stack in the log; the worker is replaced only when its loop does not turn for a second. Name the
  module and the callable ('main:app'), or the module alone when the callable is 'application' (Django).
asgi-lifespan
  With 'auto' an application that raises at the lifespan's begin is taken for one that knows nothing of it, as uvicorn
  does; 'on' makes it a failed start. One that says that its startup failed never serves, and a reload to it changes nothing.
async
  So many requests run at once in one worker, but only when the application gives way by itself and an engine such as
  'ugreen' or 'greenlet' switches among them. Ordinary blocking code, every common database driver among it, still
  holds all of them up. Threads or gevent are what most people need. The engine takes it for ASGI and WSGI applications
  and for JavaScript. It runs the requests of a WSGI application in greenlets, for which Python needs the package
  greenlet: they give way by 'uwsgi.suspend()', or by yielding, after 'async_sleep', 'wait_fd_read' or 'wait_fd_write'.
gevent
  Each worker runs up to this many requests in greenlets, which suits long polling, websockets and much waiting for
  other servers. The standard library must be patched, by the application itself or by 'gevent-monkey-patch' or
  'gevent-early-monkey-patch', or one blocking call holds all requests of the worker up. It takes the place of
  'threads': with both, workers crash under load (the engine refuses them together). One request that computes for long
  delays all others. On the engine a request that is past 'harakiri' is ended alone when the others still go on.
gevent-monkey-patch
  Patches sockets, locks and sleep of the standard library just before the application is loaded. Modules that were
  imported before, by 'import' or a plugin, keep the blocking versions: then 'gevent-early-monkey-patch' is right.
gevent-early-monkey-patch
  As 'gevent-monkey-patch', before the application and the modules of 'import'. It is the safer one when locks or
  threads hang under gevent.
gevent-wait-for-hub
  Lets greenlets that the application has started itself finish when a worker ends, instead of cutting them. A
  greenlet without an end then keeps the worker until 'worker-reload-mercy' is over.
asyncio
  Runs requests as coroutines of asyncio, and needs 'greenlet' beside it. The application is still WSGI, or written
  for just this mode: it starts tasks and gives way with 'greenlet.getcurrent().parent.switch()'. ASGI applications such
  as FastAPI do not run on it, they need a server of their own. The engine runs them with 'asgi', where this is another
  name for 'async'. With a WSGI application it does as uWSGI, and 'async_sleep' and 'wait_fd_read' pause there as well.
greenlet
  Switches between the requests of 'async' or 'asyncio' in Python; the package greenlet must be installed for the
  Python in use. Without an engine of this kind uWSGI warns that asynchronous mode can not suspend anything. Reeve's own
  engine always switches in this way.
ugreen
  Switches between the requests of 'async' with stacks of its own, for any language. It is little used and little
  tested with recent Pythons; gevent has replaced it in practice. The engine takes greenlets in its place, for Python.
ugreen-stacksize
  Kilobytes for each of the stacks, of which there are as many as 'async' says. An overflow ends the process.
loop
  Names the loop that runs requests when a plugin brings one; options such as 'gevent' and 'asyncio' set it
  themselves. Set by hand it is mostly a mistake. On the engine 'uvloop' has ASGI applications run in uvloop, which has to
  be installed: it spends about a quarter less on a request.
worker-exec
  Replaces each worker by a program that gets the listening socket as its standard input, such as php-cgi or any
  FastCGI server. The master still starts it again when it ends, but knows nothing about its requests: no 'harakiri',
  no statistics.
tornado
  Runs requests in Tornado's loop, with 'greenlet' as for 'asyncio'. It is little used: try it with your version of
  Tornado before you rely on it.
`;
