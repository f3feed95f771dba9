/**
 * Perl: PSGI applications.
 */
import { resolvePath } from '../host.ts';
import type { PerlDraft } from '../perl-app.ts';
import { isFlagWord, isOn, wholeNumber } from '../values.ts';
import { FLAG_EXPECTED, type OptionSection, type Reader, take } from './section.ts';

export const perlOptions: OptionSection = {
  data: `
psgi | path | works | | Perl PSGI application.
psgi-enable-psgix-io | flag | no: the client's connection belongs to the gateway; stream the answer with psgi.streaming | | Gives the application the client's connection as psgix.io.
perl-local-lib | list | works | | Folder of Perl libraries, as local::lib makes them.
perl-args | string | works | | Words, with blanks between, that Perl has in @ARGV.
perl-arg | list | works | | Word that Perl has in @ARGV.
perl-exec | list | works | | Perl file to run before the workers are forked.
perl-exec-post-fork | list | works | | Perl file to run in each worker after the fork.
perl-auto-reload | seconds | works | | Looks at loaded Perl files this often and reloads when one changes; for development.
perl-auto-reload-ignore | list | works | | File that 'perl-auto-reload' does not watch.
perl-no-die-catch | flag | works | | Leaves Perl's handler of die alone.
perl-no-plack | flag | works | | Loads the application without the help of Plack.
perl-version | flag | no: 'perl -v' shows it | | On the command line: shows the version of Perl.
plshell | string | no: an interactive shell needs a terminal; run 're.pl' or 'perl -de 0' beside the server | | Starts an interactive Perl shell in the server.
plshell-oneshot | string | no: an interactive shell needs a terminal; run 're.pl' or 'perl -de 0' beside the server | | As 'plshell', and ends with the shell.
coroae | int | no: one request runs at a time in a Perl worker; raise 'processes' | | Requests one worker runs at a time, with Perl's Coro::AnyEvent. | unit=requests
`,
  readers: {
    psgi: (draft, value, origin) =>
      take(value, (path) => {
        draft.perl.psgi = { file: resolvePath(draft.folder, path), origin };
      }),
    'perl-local-lib': paths('localLibs'),
    'perl-args': ({ perl }, value) =>
      take(value, (words) => perl.args.push(...words.split(' ').filter((word) => word !== ''))),
    'perl-arg': ({ perl }, value) => take(value, (word) => perl.args.push(word)),
    'perl-exec': paths('exec'),
    'perl-exec-post-fork': paths('execPostFork'),
    'perl-auto-reload': ({ perl }, value) => {
      const seconds = wholeNumber(value);
      if (seconds === null) return 'needs a whole number of seconds.';
      perl.autoReloadSeconds = seconds;
      return null;
    },
    'perl-auto-reload-ignore': ({ perl }, value) => take(value, (file) => perl.autoReloadIgnore.push(file)),
    'perl-no-die-catch': perlFlag('noDieCatch'),
    'perl-no-plack': perlFlag('noPlack'),
  },
};

function paths(name: 'localLibs' | 'exec' | 'execPostFork'): Reader {
  return ({ perl, folder }, value) => take(value, (path) => perl[name].push(resolvePath(folder, path)));
}

function perlFlag(
  name: { [Name in keyof PerlDraft]: PerlDraft[Name] extends boolean ? Name : never }[keyof PerlDraft],
): Reader {
  return ({ perl }, value) => {
    if (!isFlagWord(value)) return FLAG_EXPECTED;
    perl[name] = isOn(value);
    return null;
  };
}
