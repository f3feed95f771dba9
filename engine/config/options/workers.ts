/**
 * How many workers and threads there are.
 */
import { flag, number, type OptionSection } from './section.ts';

export const workersOptions: OptionSection = {
  data: `
processes | int | works | 1 | Worker processes.
threads | int | works | 1 | Threads of each worker; each one serves a request at a time.
enable-threads | flag | works | false | Lets the application start its own threads.
cheaper | int | no | | Smallest number of workers kept running when there is little to do.
cheaper-initial | int | no | | Workers started at first when 'cheaper' is set.
cheaper-step | int | no | 1 | Workers added at a time when 'cheaper' is set.
cheaper-algo | string | no | spare | How 'cheaper' decides: spare, backlog or busyness.
cheap | flag | no | | Starts workers with the first request.
idle | seconds | no | | Goes to sleep after this time without a request.
die-on-idle | flag | no | | Stops instead of sleeping when 'idle' is over.
async | int | no | | Requests one worker runs at a time in asynchronous mode.
gevent | int | no | | Greenlets of each worker, with gevent.
loop | string | no | | Event loop that runs requests.
`,
  readers: {
    processes: number('processes', 1),
    threads: number('threads', 1),
    'enable-threads': flag('enableThreads'),
  },
};
