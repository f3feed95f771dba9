/**
 * Python applications. What they mean together: ../python-app.ts.
 */
import { MAX_SOCKET_PATH_BYTES } from '../address.ts';
import { globPaths } from '../glob.ts';
import { resolvePath } from '../host.ts';
import { LIFESPAN } from '../loop-settings.ts';
import { mountSource, type PythonDraft } from '../python-app.ts';
import type { Origin } from '../settings.ts';
import { encodeText } from '../text-bytes.ts';
import { isFlagWord, isOn, wholeNumber } from '../values.ts';
import { type Draft, FLAG_EXPECTED, flag, type OptionSection, type Reader, readFlag, take } from './section.ts';

const MAX_WORKER_DIGITS = 4;

export const pythonOptions: OptionSection = {
  data: `
lazy-apps | flag | works | false | Loads the application in each worker and not once before the workers are forked.
lazy | flag | works | false | As 'lazy-apps', and SIGHUP replaces the workers only.
single-interpreter | flag | none: each worker has one interpreter for all its applications anyway | | Runs all applications in one Python interpreter.
wsgi-file | path | works | | File that holds the Python WSGI application.
asgi | string | works | | Python ASGI application: package.module, package.module:callable or a file. The engine's own option.
asgi-lifespan | string | works | auto | Whether an ASGI application is told of the begin and end of its worker. The engine's own option. | choices=auto,on,off
module | string | works | | Python module of the WSGI application: package.module or package.module:callable.
callable | string | works | application | Name of the WSGI application in its module; with () behind it, of a function that makes it.
eval | string | works | | Python code that makes the application.
paste | string | works | | PasteDeploy configuration of the application: config:FILE.
paste-logger | flag | works | false | Applies the logging sections of the file that 'paste' names.
ini-paste | string | works | | Reads options from an INI file that is the application's PasteDeploy configuration as well.
ini-paste-logged | string | works | | As 'ini-paste' with 'paste-logger'.
mount | list | works | | Puts an application under a path: /path=file.py or /path=module:callable.
manage-script-name | flag | works | false | Splits the path of mounted applications into SCRIPT_NAME and PATH_INFO.
no-default-app | flag | works | false | Answers 500 to requests for none of the mounted applications; otherwise the first application gets them.
max-apps | int | none: the number of applications is not limited | 64 | Largest number of applications in a worker. | unit=applications
need-app | flag | works | false | Does not start when no application can be loaded.
pythonpath | list | works | | Folder to look for Python modules in, or a glob.
home | path | works | | Python virtual environment to use.
no-site | flag | works | false | Starts Python without its site module.
thread-stacksize | int | works | | Kilobytes of stack of each thread beside the main one. | unit=KiB
optimize | int | works | 0 | Python's optimization level: 1 drops asserts, 2 drops docstrings too. | choices=0,1,2
pyargv | string | works | | Words that Python has in sys.argv.
py-executable | path | works | | Path that Python has in sys.executable. | since=2.0.20
py-programname | string | none: workers run the interpreter itself, under its own name | | Name of the program as Python sees it.
import | list | works | | Python module or file to import before the applications.
shared-import | list | works | | Python module or file to import before the applications, before those of 'import'.
pymodule-alias | list | works | | Gives a Python module another name: alias=module, or alias=file.py; before other imports.
post-pymodule-alias | list | works | | As 'pymodule-alias', after the other imports.
catch-exceptions | flag | works | false | Shows tracebacks to clients; for development only.
py-auto-reload | int | works | 0 | Looks at the files of all imported modules this often, in seconds, and reloads when one changes; for development. | unit=seconds
py-auto-reload-ignore | list | works | | Module that 'py-autoreload' does not watch.
py-tracebacker | path | works | | Unix socket of each worker, its number added, that shows where all threads of the worker stand.
wsgi-disable-file-wrapper | flag | works | false | Leaves wsgi.file_wrapper out of the environ.
wsgi-strict | flag | none: the engine always goes by PEP 3333 | | Goes by PEP 3333 to the letter.
wsgi-accept-buffer | flag | none: bytearray and memoryview are always accepted | | Accepts other bytes-like objects from the application.
wsgi-env-behaviour | string | none: each request gets an environ of its own | | How the environ dictionary of requests is kept. | choices=cheat,holy
start_response-nodelay | flag | none: headers leave with the first data, as PEP 3333 wants it | | Sends headers as soon as start_response is called.
py-call-osafterfork | flag | none: workers are forked by Python itself, which does this | | Runs Python's own handlers after a fork.
py-call-uwsgi-fork-hooks | flag | none: workers are forked by Python itself, which does this | | Runs Python's own handlers around a fork. | since=2.0.21
wsgi-lite | string | no: make it a WSGI application | | Application of the abandoned WSGI Lite proposal.
web3 | string | no: make it a WSGI application | | Application of the abandoned Web3 proposal.
pump | string | no: make it a WSGI application | | Application of the abandoned Pump proposal.
python-worker-override | path | no | | Python script that takes the place of the worker's loop.
python-raw | path | no | | Python script that answers raw sockets.
pyrun | list | no | | Python script to run instead of a server.
pyshell | string | no | | Starts an interactive Python shell in the server.
pyshell-oneshot | string | no | | As 'pyshell', and ends with the shell.
pecan | path | no | | Configuration of a Pecan application.
test | string | no | | On the command line: tries whether Python can import a module.
python-version | flag | no | | Shows the version of Python.
`,
  readers: {
    'lazy-apps': flag('lazyApps'),
    lazy: readFlag((settings, value) => {
      settings.lazy = value;
      if (value) settings.lazyApps = true;
    }),
    'wsgi-file': (draft, value, origin) =>
      take(value, (written) => {
        const source = { type: 'file', path: resolvePath(draft.folder, written), written } as const;
        draft.python.sources.set('wsgi-file', { source, origin });
      }),
    asgi: (draft, value, origin) =>
      take(value, (written) => {
        const source = mountSource(written, (path) => resolvePath(draft.folder, path));
        draft.python.sources.set('asgi', { source, origin });
      }),
    'asgi-lifespan': (draft, value) => {
      const found = LIFESPAN.find((name) => name === value);
      if (found === undefined) return `is none of ${LIFESPAN.join(', ')}.`;
      draft.loop.lifespan = found;
      return null;
    },
    module: (draft, value, origin) =>
      take(value, (name) => draft.python.sources.set('module', { source: { type: 'module', name }, origin })),
    callable: text((python, value) => (python.callable = value)),
    eval: (draft, value, origin) =>
      take(value, (code) => draft.python.sources.set('eval', { source: { type: 'eval', code }, origin })),
    paste: readPaste,
    'ini-paste': readIniPaste,
    'ini-paste-logged': (draft, value, origin) => {
      draft.python.pasteLogger = true;
      return readIniPaste(draft, value, origin);
    },
    'paste-logger': pythonFlag((python, value) => (python.pasteLogger = value)),
    mount: readMount,
    'manage-script-name': pythonFlag((python, value) => (python.manageScriptName = value)),
    'no-default-app': pythonFlag((python, value) => (python.hasDefaultApp = !value)),
    'need-app': flag('needApp'),
    pythonpath: readPythonPath,
    home: (draft, value) => take(value, (path) => (draft.python.virtualenv = resolvePath(draft.folder, path))),
    'no-site': pythonFlag((python, value) => (python.noSite = value)),
    optimize: (draft, value) => {
      const level = wholeNumber(value);
      if (level === null || level > 2) return 'needs 0, 1 or 2.';
      draft.python.optimize = level;
      return null;
    },
    'thread-stacksize': (draft, value) => {
      const kilobytes = wholeNumber(value);
      if (kilobytes === null || kilobytes < 32) return 'needs a whole number of kilobytes, at least 32.';
      draft.python.threadStackBytes = kilobytes * 1024;
      return null;
    },
    // As uWSGI: words are what blanks separate, quotes mean nothing.
    pyargv: text((python, value) => (python.argv = value.split(' ').filter((word) => word !== ''))),
    'py-executable': text((python, value) => (python.executable = value)),
    import: text((python, value) => python.imports.push(value)),
    'shared-import': text((python, value) => python.sharedImports.push(value)),
    'pymodule-alias': readAlias((python, alias) => python.moduleAliases.push(alias)),
    'post-pymodule-alias': readAlias((python, alias) => python.postModuleAliases.push(alias)),
    'catch-exceptions': pythonFlag((python, value) => (python.catchExceptions = value)),
    'py-auto-reload': (draft, value) => {
      const seconds = wholeNumber(value);
      if (seconds === null) return 'needs a whole number of seconds; 0 switches it off.';
      draft.python.autoReloadSeconds = seconds;
      return null;
    },
    'py-auto-reload-ignore': text((python, value) => python.autoReloadIgnore.push(value)),
    'py-tracebacker': readTracebacker,
    'wsgi-disable-file-wrapper': pythonFlag((python, value) => (python.disableFileWrapper = value)),
  },
};

function text(use: (python: PythonDraft, value: string) => unknown): Reader {
  return (draft, value) => take(value, (taken) => use(draft.python, taken));
}

function pythonFlag(use: (python: PythonDraft, value: boolean) => unknown): Reader {
  return (draft, value) => {
    if (!isFlagWord(value)) return FLAG_EXPECTED;
    use(draft.python, isOn(value));
    return null;
  };
}

function readPythonPath(draft: Draft, value: string): string | null {
  return take(value, (written) => {
    const pattern = resolvePath(draft.folder, written);
    const found = /[*?[]/.test(written) ? globPaths(pattern, draft.host) : [];
    draft.python.pythonpath.push(...(found.length > 0 ? found : [pattern]));
  });
}

function readPaste(draft: Draft, value: string, origin: Origin): string | null {
  return take(value, (written) => {
    const path = /^config:(.+)$/.exec(written)?.[1];
    const uri = path === undefined ? written : `config:${resolvePath(draft.folder, path)}`;
    draft.python.sources.set('paste', { source: { type: 'paste', uri, logging: false }, origin });
  });
}

/** The file itself is read by resolve.ts, from the folder the engine was started in. */
function readIniPaste(draft: Draft, value: string, origin: Origin): string | null {
  return readPaste(draft, `config:${resolvePath(draft.host.cwd, value)}`, origin);
}

function readMount(draft: Draft, value: string): string | null {
  const equals = value.indexOf('=');
  if (equals < 1 || equals === value.length - 1) return 'needs /path=file.py or /path=module:callable.';
  const mountpoint = value.slice(0, equals);
  const elsewhere = OTHER_APPS.find(({ ending }) => ending.test(value));
  if (elsewhere !== undefined) return `puts Python applications under a path. ${elsewhere.instead}`;
  const source = mountSource(value.slice(equals + 1), (path) => resolvePath(draft.folder, path));
  const same = draft.python.mounts.find((mount) => bare(mount.mountpoint) === bare(mountpoint));
  if (same !== undefined) return `mounts a second application on ${mountpoint}; each path has one.`;
  draft.python.mounts.push({ mountpoint, source });
  return null;
}

/** Applications of other languages are one for an instance; what mounts them is in their own libraries. */
const OTHER_APPS = [
  { ending: /\.ru$/, instead: "Name the file with 'rack', and give it its path with 'map' in a config.ru." },
  {
    ending: /\.(psgi|pl)$/,
    instead: "Name the file with 'psgi', and give it its path with 'mount' of Plack::Builder.",
  },
  { ending: /\.php$/, instead: "Name the script with 'php-app', or its folder with 'php-docroot'." },
  { ending: /\.m?js$/, instead: "Name the file with 'js-app', and give it its path in the application." },
];

function bare(mountpoint: string): string {
  return mountpoint.replace(/\/+$/, '');
}

function readAlias(use: (python: PythonDraft, alias: [string, string]) => unknown): Reader {
  return (draft, value) => {
    const equals = value.indexOf('=');
    if (equals < 1 || equals === value.length - 1) return 'needs alias=module or alias=file.py.';
    use(draft.python, [value.slice(0, equals), value.slice(equals + 1)]);
    return null;
  };
}

function readTracebacker(draft: Draft, value: string): string | null {
  return take(value, () => undefined) ?? readSocketPrefix(draft, resolvePath(draft.folder, value));
}

function readSocketPrefix(draft: Draft, path: string): string | null {
  const limit = MAX_SOCKET_PATH_BYTES - MAX_WORKER_DIGITS;
  if (encodeText(path).length > limit) return `makes the path ${path}, which is too long (${limit} bytes).`;
  draft.python.tracebacker = path;
  return null;
}
