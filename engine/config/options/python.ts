/**
 * Python applications.
 */
import { globPaths } from '../glob.ts';
import { resolvePath } from '../host.ts';
import { type Draft, flag, type OptionSection, readFlag, take } from './section.ts';

export const pythonOptions: OptionSection = {
  data: `
lazy-apps | flag | works | false | Loads the application in each worker and not once before the workers are forked.
lazy | flag | works | false | As 'lazy-apps', and SIGHUP replaces the workers only.
single-interpreter | flag | works | false | Runs all applications in one Python interpreter.
wsgi-file | path | works | | File that holds the Python WSGI application.
module | string | works | | Python module of the WSGI application: package.module or package.module:callable.
callable | string | works | application | Name of the WSGI application in its module.
pythonpath | list | works | | Folder to look for Python modules in, or a glob.
home | path | works | | Python virtual environment to use.
need-app | flag | works | false | Does not start when the application cannot be loaded.
mount | list | no | | Puts an application under a path: /path=module:callable.
manage-script-name | flag | no | | Splits the path of mounted applications into SCRIPT_NAME and PATH_INFO.
import | list | no | | Python module to import in each worker that runs spooler or timer code.
shared-import | list | no | | Python module to import in all processes.
eval | string | no | | Python code that makes the application.
paste | string | no | | PasteDeploy configuration of the application.
pymodule-alias | list | no | | Gives a Python module another name.
wsgi-env-behaviour | string | none: each request gets an environ of its own | | How the environ dictionary of requests is kept.
py-call-osafterfork | flag | none: workers are forked by Python itself, which does this | | Runs Python's own handlers after a fork.
py-call-uwsgi-fork-hooks | flag | none: workers are forked by Python itself, which does this | | Runs Python's own handlers around a fork.
py-tracebacker | path | no | | Unix socket that prints the stacks of all threads.
py-autoreload | int | no | | Watches Python modules and reloads when one changes.
`,
  readers: {
    'lazy-apps': flag('lazyApps'),
    lazy: readFlag((settings, value) => {
      settings.lazy = value;
      if (value) settings.lazyApps = true;
    }),
    'single-interpreter': flag('singleInterpreter'),
    'wsgi-file': (draft, value) => take(value, (path) => (draft.python.wsgiFile = resolvePath(draft.folder, path))),
    module: (draft, value) => take(value, (name) => (draft.python.module = name)),
    callable: (draft, value) => take(value, (name) => (draft.python.callable = name)),
    pythonpath: readPythonPath,
    home: (draft, value) => take(value, (path) => (draft.python.home = resolvePath(draft.folder, path))),
    'need-app': flag('needApp'),
  },
};

function readPythonPath(draft: Draft, value: string): string | null {
  return take(value, (text) => {
    const pattern = resolvePath(draft.folder, text);
    const found = /[*?[]/.test(text) ? globPaths(pattern, draft.host) : [];
    draft.python.pythonpath.push(...(found.length > 0 ? found : [pattern]));
  });
}
