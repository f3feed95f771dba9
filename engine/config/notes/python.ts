/** Notes about Python applications; see option-notes.ts for their form. */
export const pythonNotes = `
module
  The module is imported by its name, from the folder of 'chdir' and those of 'pythonpath', so 'No module named'
  mostly means that one of them is wrong or that 'home' is missing. Behind a colon stands the callable, which may be a
  function that makes the application: 'project:create_app()'. Django's is 'project.wsgi', Flask's often 'app:app'.
wsgi-file
  Loads a file by its path, which needs no package and no 'pythonpath' for itself, but its imports do. The callable is
  'application' unless 'callable' says another. Prefer 'module' for packages: a file that is loaded by its path and
  imported by its name too exists twice in memory.
callable
  Needed when the application is not called 'application', as in Flask's 'app'. With () behind the name it is called
  once and its result is the application. A name that is not in the module gives 'unable to find callable' in the log,
  and every request is answered with 500 unless 'need-app' stops the start.
mount
  Serves several applications in one instance, each under its path. With 'http-socket' or 'http' it needs
  'manage-script-name = true', or all requests go to the default application. All mounted applications share the
  worker and its memory: one that hangs or leaks takes the others along. In the engine it is for Python applications;
  those of Ruby and Perl have 'map' in config.ru and 'mount' of Plack::Builder.
manage-script-name
  Belongs to 'mount': it takes the longest mounted path that fits off PATH_INFO and puts it into SCRIPT_NAME, so that
  links which the application makes are right. Leave it away when the front server sends SCRIPT_NAME itself.
no-default-app
  Without it requests that fit no 'mount' go to the first application, which then sees paths it does not know. With it
  they are answered with 500, which is plain in logs and monitoring. It has no effect beside 'module' or 'wsgi-file',
  whose application takes everything else.
home
  Points to the virtual environment, the folder that holds 'bin' and 'lib', not to its 'bin'. The environment must
  have been made with the Python version that the server's plugin was built for: packages of another version are not
  found, and 'No module named encodings' at the start means that the folder is wrong. Moving or copying an environment
  breaks it; make it anew.
pythonpath
  Adds a folder in front of those that Python searches, and may be given several times. It is needed when the project
  is not in the folder of 'chdir'. For packages of a virtual environment set 'home' instead of naming its
  site-packages.
lazy-apps
  Without it the application is loaded once and then forked, which shares memory and starts workers quickly. With it
  each worker loads its own: more memory and slower starts, but new code after a reload of the workers alone and no
  open connections or threads that were inherited by a fork. 'touch-chain-reload' and the FIFO commands w and c bring
  new code only with it.
lazy
  The older and stronger form of 'lazy-apps': it also changes what signals do, so that SIGHUP to the master replaces
  only the workers. Prefer 'lazy-apps' with 'touch-workers-reload' or the FIFO, which say what they do.
single-interpreter
  uWSGI gives each application of 'mount' an interpreter of its own within the process, which many C extensions can
  not bear: numpy, lxml and others fail or hang there. Set it whenever there is a 'mount'; all applications then share
  one set of modules. The application of 'module' or 'wsgi-file' has the main interpreter in any case.
need-app
  Without it uWSGI starts although the application could not be loaded and answers every request with 500, so that a
  broken release looks like a running service. With it the start ends with code 22, which the service manager and
  scripts can see. It belongs in every production file.
import
  For modules that the application does not import itself, such as those that register timers or functions for a
  spooler. It happens just before the application is loaded: once before the fork, or in each worker with 'lazy-apps'.
  Mules and spoolers do not see it with 'lazy-apps'; 'shared-import' reaches them.
shared-import
  Always happens once in the master before the fork, even with 'lazy-apps', so that workers, mules and spoolers all
  have the module and share its memory. What opens connections or starts threads does not belong there: the forks
  would share sockets and lack the threads.
py-auto-reload
  Looks at all loaded modules every so many seconds, which costs time in proportion to their number, and reloads
  everything when one changes. It is for development; in production a half-copied release would be loaded. Use
  'touch-reload' on a file that deployment touches last.
py-tracebacker
  Answers the question why a worker hangs: connect to the socket with 'uwsgi --connect-and-read PATH' and it prints
  the stack of every thread. The worker's number is added to the path, so worker 2 of /tmp/tb is at /tmp/tb2. uWSGI
  enables Python's threads for it and leaves the sockets behind at the end.
catch-exceptions
  Sends the traceback to the client, with paths and values that nobody outside should see. Use it on your own machine
  only; in production exceptions stand in the log.
paste
  Takes the application from a PasteDeploy file, written as 'config:/path/production.ini'. The server section of that
  file is not read. 'ini-paste' reads options of the server from the same file.
ini-paste
  One file for both: its section [uwsgi] configures the server and the rest is the application's PasteDeploy
  configuration, as for Pyramid. Use 'ini-paste-logged' when the file also has logging sections.
paste-logger
  Applies the sections [loggers], [handlers] and [formatters] of the file that 'paste' names, once at the start.
  Handlers that write to standard error end up in the server's log.
eval
  Runs Python code from the configuration and takes 'application' from it. It is meant for quick tests; code in a file
  can be linted, tested and reviewed.
pymodule-alias
  Lets one name stand for another module or for a file, such as the settings of a host. It is set before the
  application is imported; 'post-pymodule-alias' is set after the modules of 'import'.
pyargv
  Gives sys.argv to applications that read it at import, separated by blanks; without it they see only the name of the
  server. Configuration by 'env' is easier to see and to change.
optimize
  1 leaves assert statements out and 2 also docstrings, as python -O and -OO do. Frameworks that read docstrings, and
  code that checks its input with assert, break; the gain in speed is hardly measurable.
no-site
  Starts Python without its site module: no site-packages and no .pth files, so packages that pip has installed are
  not found. Together with 'home' it rarely does what was wanted.
thread-stacksize
  The system reserves several megabytes of address space for each thread, of which little is used. A smaller stack
  matters with hundreds of threads or with 'limit-as'. Too small a stack ends the process without a Python error; 512
  is a careful value.
max-apps
  A table of this length is made at the start, and applications beyond it are refused. Only hosts with many mounts, or
  with applications that 'vhost' loads as requests name them, come near it.
wsgi-env-behaviour
  By default uWSGI gives requests one environ dictionary and empties it, which is quick; code that keeps environ after
  the response then sees another request's. 'holy' makes a new dictionary for each request and costs little.
py-call-osafterfork
  Lets Python repair its locks and random state after the fork of a worker, which uWSGI leaves out. Set it when
  threads that were started before the fork, or modules such as multiprocessing, hang in workers; 'lazy-apps' avoids
  the question.
py-call-uwsgi-fork-hooks
  The complete form of 'py-call-osafterfork': Python's handlers run before the fork, in the parent and in the child,
  as os.register_at_fork promises. Libraries that rely on it, such as logging and OpenTelemetry, need one of both.
python
  Runs a script with the module uwsgi in place and then ends, for example to look into the cache or queue of a
  configuration. It serves no requests.
js-app
  The engine's own option: a file that exports a fetch handler or a handler of node:http. Each worker loads it itself, as
  with 'lazy-apps', and runs up to 100 requests beside each other unless 'async' or 'threads' says otherwise. Plain uWSGI does not know it
  and passes over it in silence, or ends at it with 'strict': keep it in a file of its own.
`;
