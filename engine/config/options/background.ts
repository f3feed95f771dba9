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
mule | list | no | | Extra process beside the workers, with a script or without.
mules | int | no | | Number of mules without a script. | unit=processes
farm | list | no | | Mules that share one queue of messages: NAME:MULE,MULE.
mule-msg-size | bytes | no | | Size of the system's buffer for messages to mules.
mule-harakiri | seconds | no | 0 | Kills a mule whose task takes longer.
cron | list | no | | Command at a time: minute hour day month weekday command; -1 is any, -5 every fifth.
cron2 | list | no | | Command at a time, with options in front: minute=,hour=,unique=,harakiri= and more.
unique-cron | list | no | | As 'cron', left out while the command of the time before still runs.
legion-cron | list | no | | As 'cron', only while this server is the lord of a legion: LEGION, then as 'cron'.
unique-legion-cron | list | no | | As 'legion-cron', left out while the command of the time before still runs.
cron-harakiri | seconds | no | 0 | Kills commands of cron that take longer.
curl-cron | list | no | | Requests a URL at a time: minute hour day month weekday URL.
legion-curl-cron | list | no | | As 'curl-cron', only while this server is the lord of a legion: LEGION, then as 'curl-cron'.
signal-timer | list | no | | Raises a signal of uWSGI's framework at an interval: SIGNAL SECONDS.
signal-rbtimer | list | no | | Raises a signal at an interval that the master counts without a kernel timer: SIGNAL SECONDS.
signal | list | no | | On the command line: raises a signal of uWSGI's framework in another instance, ADDRESS,SIGNAL.
signal-bufsize | bytes | no | | Size of the system's buffer for signals that wait for the master or a worker.
rpc-max | int | no | 64 | Largest number of functions registered for remote calls. | unit=functions
`,
  readers: {},
};
