/**
 * Work beside requests, other servers and static files: named here so that they can be explained, not supported yet.
 */
import type { OptionSection } from './section.ts';

export const backgroundOptions: OptionSection = {
  data: `
emperor | string | no | | Runs each configuration file of a folder as an instance of its own.
subscribe-to | list | no | | Tells a router that this instance serves a domain.
spooler | list | no | | Folder of queued tasks.
mule | list | no | | Extra process beside the workers, with a script or without.
cron | list | no | | Command at a time: minute hour day month weekday command.
cron2 | list | no | | Command at a time, with options in front.
alarm | list | no | | Names an alarm and what it does.
cache2 | list | no | | Shared cache, with its options.
route | list | no | | Does something with requests whose path matches.
static-map | list | no | | Serves a folder under a path: /path=/folder.
check-static | list | no | | Serves a file of this folder when the path names one.
static-index | list | no | | File served for a folder.
static-expires | list | no | | Seconds a matching file may be cached.
`,
  readers: {},
};
