/**
 * CGI scripts: a process for each request.
 */
import type { OptionSection } from './section.ts';

export const cgiOptions: OptionSection = {
  data: `
cgi | list | no | | Folder of CGI scripts or one script, alone or under a path: /path=/folder.
cgi-map-helper | list | no | | Program that runs scripts with this extension: EXTENSION=PROGRAM.
cgi-allowed-ext | list | no | | File name extension of CGI scripts that may run; others are refused.
cgi-index | list | no | | Script for requests that name a folder.
cgi-from-docroot | flag | no | | Runs the script that the request names in its DOCUMENT_ROOT.
cgi-safe | list | no | | Further folder that symbolic links to scripts may lead to.
cgi-timeout | seconds | no | | Longest silence of a script.
cgi-buffer-size | bytes | no | 65536 | Buffer for what scripts answer.
cgi-unset | list | no | | Environment variable that scripts do not get.
cgi-path-info | flag | no | | Does not look for a script within longer paths, and so sets no PATH_INFO.
cgi-optimize | flag | no | | Finds scripts in a quicker way.
cgi-loadlib | list | no | | Calls a function of a library at the start, so that scripts find it loaded: LIBRARY:FUNCTION.
cgi-close-stdin-on-eof | flag | no | | Closes a script's standard input when it has the whole body.
cgi-do-not-kill-on-error | flag | no | | Leaves a script running when its request fails.
cgi-async-max-attempts | int | no | 10 | How often the end of a script is looked for in asynchronous mode. | unit=attempts
`,
  readers: {},
};
