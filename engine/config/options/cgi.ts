/**
 * CGI scripts: a process for each request.
 */
import type { CgiDraft } from '../cgi-app.ts';
import { resolvePath } from '../host.ts';
import { isFlagWord, isOn, wholeNumber } from '../values.ts';
import { type Draft, FLAG_EXPECTED, type OptionSection, type Reader, take } from './section.ts';

export const cgiOptions: OptionSection = {
  data: `
cgi | list | works | | Folder of CGI scripts or one script, alone or under a path: /path=/folder.
cgi-map-helper | list | works | | Program that runs scripts with this extension: EXTENSION=PROGRAM.
cgi-allowed-ext | list | works | | File name extension of CGI scripts that may run; others are refused.
cgi-index | list | works | | Script for requests that name a folder.
cgi-from-docroot | flag | works | | Runs the script that the request names in its DOCUMENT_ROOT.
cgi-safe | list | works | | Further folder that symbolic links to scripts may lead to.
cgi-timeout | seconds | works | 60 | Longest silence of a script.
cgi-buffer-size | bytes | none: answers go on as they come | 65536 | Buffer for what scripts answer.
cgi-unset | list | works | | Environment variable that scripts do not get.
cgi-path-info | flag | none: what follows the script in a path is PATH_INFO in any case | | Does not look for a script within longer paths, and so sets no PATH_INFO.
cgi-optimize | flag | none: scripts are found in a quick way anyway | | Finds scripts in a quicker way.
cgi-loadlib | list | no: scripts are programs of their own, which a library of the worker's is of no use to | | Calls a function of a library at the start, so that scripts find it loaded: LIBRARY:FUNCTION.
cgi-close-stdin-on-eof | flag | none: standard input ends with the body in any case | | Closes a script's standard input when it has the whole body.
cgi-do-not-kill-on-error | flag | works | | Leaves a script running when its request fails.
cgi-async-max-attempts | int | none: nothing is looked for again and again | 10 | How often the end of a script is looked for in asynchronous mode. | unit=attempts
`,
  readers: {
    cgi: (draft, value, origin) =>
      take(value, (written) => {
        const [, mountpoint = '', target = written] = /^(\/[^=]*)=(.+)$/.exec(written) ?? [];
        draft.cgi.origin ??= origin;
        draft.cgi.mounts.push({
          mountpoint: mountpoint.replace(/\/+$/, ''),
          target: resolvePath(draft.folder, target),
        });
      }),
    'cgi-map-helper': (draft, value) => {
      const equals = value.indexOf('=');
      if (equals < 1 || equals === value.length - 1) return 'needs EXTENSION=PROGRAM.';
      draft.cgi.helpers.push([value.slice(0, equals), value.slice(equals + 1)]);
      return null;
    },
    'cgi-allowed-ext': text((cgi, value) => cgi.allowedExtensions.push(value)),
    'cgi-index': text((cgi, value) => cgi.index.push(value)),
    'cgi-from-docroot': (draft, value, origin) => {
      const wrong = readFlag((cgi, isSet) => (cgi.fromDocroot = isSet))(draft, value, origin);
      if (draft.cgi.fromDocroot) draft.cgi.origin ??= origin;
      return wrong;
    },
    'cgi-safe': (draft, value) => take(value, (path) => draft.cgi.safe.push(resolvePath(draft.folder, path))),
    'cgi-timeout': (draft, value) => {
      const seconds = wholeNumber(value);
      if (seconds === null || seconds === 0) return 'needs a whole number of seconds from 1 up.';
      draft.cgi.timeoutSeconds = seconds;
      return null;
    },
    'cgi-unset': text((cgi, value) => cgi.unset.push(value)),
    'cgi-do-not-kill-on-error': readFlag((cgi, isSet) => (cgi.leavesOnError = isSet)),
  },
};

function text(use: (cgi: CgiDraft, value: string) => unknown): Reader {
  return (draft, value) => take(value, (taken) => use(draft.cgi, taken));
}

function readFlag(use: (cgi: CgiDraft, value: boolean) => unknown): Reader {
  return (draft: Draft, value) => {
    if (!isFlagWord(value)) return FLAG_EXPECTED;
    use(draft.cgi, isOn(value));
    return null;
  };
}
