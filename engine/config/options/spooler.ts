/**
 * Tasks in folders, and the processes that run them.
 */
import { resolvePath } from '../host.ts';
import { type OptionSection, type Reader, readFlag, readNumber, readStartPath, take } from './section.ts';

/** More of them are a slip of the pen. */
const MOST_PROCESSES = 64;

export const spoolerOptions: OptionSection = {
  data: `
spooler | list | works | | Folder of queued tasks, and a process that runs them one by one.
spooler-import | list | works | | Python module or file to import in the spooler, with the functions of its tasks.
spooler-external | list | works | | Folder that tasks are put into and that another instance runs.
spooler-processes | int | works | 1 | Processes for each spooler folder. | unit=processes
spooler-frequency | seconds | works | 30 | Time between two looks into the folder; a new task of the same instance is seen at once.
spooler-ordered | flag | works | false | Runs tasks in the order of their names, those of numbered priority folders first.
spooler-chdir | path | works | | Folder to change to before each task.
spooler-harakiri | seconds | works | 0 | Kills a task that takes longer; it is tried again.
spooler-max-tasks | int | works | | Tasks after which a spooler process is replaced. | unit=tasks
spooler-quiet | flag | works | false | Does not log each task.
spooler-max-attempts | int | works | 20 | Runs after which a task that fails is moved to the folder 'failed'; 0 tries it again for ever, as uWSGI does. | unit=runs
spooler-retry-delay | seconds | works | | Pause after a task has failed, doubled each time up to an hour; 'spooler-frequency' if not given.
`,
  readers: {
    spooler: folder(false),
    'spooler-external': folder(true),
    'spooler-import': ({ settings }, value) => take(value, (source) => settings.spooler.imports.push(source)),
    'spooler-processes': (draft, value, origin) =>
      Number(value) > MOST_PROCESSES
        ? `is more than ${MOST_PROCESSES} processes for each folder.`
        : readProcesses(draft, value, origin),
    'spooler-frequency': readNumber(({ spooler }, value) => (spooler.frequencySeconds = value)),
    'spooler-ordered': readFlag(({ spooler }, value) => (spooler.isOrdered = value)),
    'spooler-chdir': readStartPath(({ spooler }, path) => (spooler.chdir = path)),
    'spooler-harakiri': readNumber(({ spooler }, value) => (spooler.harakiriSeconds = value)),
    'spooler-max-tasks': readNumber(({ spooler }, value) => (spooler.maxTasks = value)),
    'spooler-quiet': readFlag(({ spooler }, value) => (spooler.isQuiet = value)),
    'spooler-max-attempts': readNumber(({ spooler }, value) => (spooler.maxAttempts = value)),
    'spooler-retry-delay': readNumber(({ spooler }, value) => (spooler.retryDelaySeconds = value), 1),
  },
};

const readProcesses = readNumber(({ spooler }, value) => (spooler.processes = value), 1);

/** As on uWSGI the path is taken from where the server was started, not from `chdir`; the first word on a folder counts. */
function folder(isExternal: boolean): Reader {
  return ({ settings, host }, value) =>
    take(value, (text) => {
      const path = resolvePath(host.cwd, text).replace(/(?<=.)\/+$/, '');
      if (settings.spooler.folders.every((known) => known.path !== path)) {
        settings.spooler.folders.push({ path, isExternal });
      }
    });
}
