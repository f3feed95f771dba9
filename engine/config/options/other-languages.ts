/**
 * Lua, the JVM, Mono, PyPy, Go and C, and the loops of asynchronous mode that belong to single languages. Explained here,
 * not supported yet.
 */
import type { OptionSection } from './section.ts';

export const otherLanguagesOptions: OptionSection = {
  data: `
lua | path | no | | Lua file that makes the WSAPI application.
lua-load | list | no | | Lua file to run before the application is loaded.
lua-shell | flag | no | | Starts an interactive Lua shell in the server.
luashell | flag | no | | As 'lua-shell', by another name.
lua-gc-freq | int | no | | Collects Lua's garbage after this many requests. | unit=requests
jvm-main-class | list | no | | Java class whose main method runs at the start.
jvm-class | list | no | | Java class to load at the start.
jvm-classpath | list | no | | Folder or archive of Java classes.
jvm-opt | list | no | | Option of the Java virtual machine, -Xmx512m for example.
jwsgi | string | no | | Java class or method that answers requests: CLASS or CLASS:METHOD.
ring-load | list | no | | Clojure file to load at the start.
clojure-load | list | no | | As 'ring-load', by another name.
ring-app | string | no | | Clojure function that answers requests: NAMESPACE:FUNCTION.
mono-app | list | no | | ASP.NET application of Mono: FOLDER or /path=FOLDER.
mono-index | list | no | | File for requests that name a folder, with Mono.
mono-exec | list | no | | Mono program to run at the start.
mono-assembly | string | no | | Assembly that connects Mono to the server, in place of the installed one.
mono-config | path | no | | Configuration file of Mono.
mono-version | string | no | | Version of Mono's runtime.
mono-key | list | no | | Request variable that chooses among Mono's applications.
mono-gc-freq | int | no | | Collects Mono's garbage after this many requests. | unit=requests
pypy-lib | path | no | | PyPy's library, libpypy-c.so.
pypy-home | path | no | | Folder in which PyPy is installed.
pypy-setup | path | no | | Python file that connects PyPy to the server, in place of the built-in one.
pypy-wsgi | string | no | | Python module of the WSGI application, run by PyPy.
pypy-wsgi-file | path | no | | File that holds the WSGI application, run by PyPy.
pypy-paste | string | no | | PasteDeploy configuration of the application that PyPy runs.
pypy-ini-paste | path | no | | As 'pypy-paste', a file that holds options of the server as well.
pypy-eval | list | no | | Python code that PyPy runs before the workers are forked.
pypy-eval-post-fork | list | no | | Python code that PyPy runs in each worker after the fork.
pypy-exec | list | no | | Python file that PyPy runs before the workers are forked.
pypy-exec-post-fork | list | no | | Python file that PyPy runs in each worker after the fork.
pypy-pp | list | no | | Folder in which PyPy looks for Python modules.
pypy-python-path | list | no | | As 'pypy-pp', by another name.
pypy-pythonpath | list | no | | As 'pypy-pp', by a third name.
go-load | list | no | | Library of a Go program, made by gccgo, to load.
gccgo-load | list | no | | As 'go-load', by another name.
go-args | string | no | | Words that the Go program has in os.Args.
gccgo-args | string | no | | As 'go-args', by another name.
goroutines | int | no | | Requests one worker runs at a time, in goroutines. | unit=requests
symcall | list | no | | C function that answers requests: FUNCTION or /path=FUNCTION.
symcall-post-fork | list | no | | C function to call in each process after the fork.
symcall-register-rpc | list | no | | C function for remote calls: NAME FUNCTION.
symcall-use-next | flag | no | | Looks for C functions in the libraries after the server's own program.
dumbloop-function | string | no | | Function that the loop 'dumbloop' calls in each of its threads.
dumbloop-code | path | no | | File that holds the function of 'dumbloop-function'.
dumbloop-modifier1 | int | no | | Modifier of the language of 'dumbloop-function'.
stackless | flag | no | | Runs the requests of 'async' in tasklets of Stackless Python.
tornado | int | no | | Requests one worker runs at a time, with Tornado's loop. | unit=requests
`,
  readers: {},
};
