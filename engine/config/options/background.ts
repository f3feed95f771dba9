/**
 * Work beside requests: spoolers, cron, mules, timers and signals. Explained here, not supported yet.
 */
import type { OptionSection } from './section.ts';

export const backgroundOptions: OptionSection = {
  data: `
spooler | list | no | | Folder of queued tasks, and a process that runs them one by one.
spooler-import | list | no | | Python module or file to import in the spooler, with the functions of its tasks.
spooler-external | list | no | | Folder that tasks are put into and that another instance runs.
spooler-processes | int | no | 1 | Processes for each spooler folder. | unit=processes
spooler-frequency | seconds | no | 30 | Time between two looks into the folder; a new task of the same instance is seen at once.
spooler-ordered | flag | no | | Runs tasks in the order of their names, those of numbered priority folders first.
spooler-chdir | path | no | | Folder to change to before each task.
spooler-harakiri | seconds | no | 0 | Kills a task that takes longer; it is tried again.
spooler-max-tasks | int | no | | Tasks after which a spooler process is replaced. | unit=tasks
spooler-quiet | flag | no | | Does not log each task.
signal-timer | list | no | | Raises a signal of uWSGI's framework at an interval: SIGNAL SECONDS.
signal-rbtimer | list | no | | Raises a signal at an interval that the master counts without a kernel timer: SIGNAL SECONDS.
signal | list | no | | On the command line: raises a signal of uWSGI's framework in another instance, ADDRESS,SIGNAL.
signal-bufsize | bytes | no | | Size of the system's buffer for signals that wait for the master or a worker.
rpc-max | int | no | 64 | Largest number of functions registered for remote calls. | unit=functions
`,
  readers: {},
};
