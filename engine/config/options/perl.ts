/**
 * Perl: PSGI applications.
 */
import type { OptionSection } from './section.ts';

export const perlOptions: OptionSection = {
  data: `
psgi | path | no | | Perl PSGI application.
psgi-enable-psgix-io | flag | no | | Gives the application the client's connection as psgix.io.
perl-local-lib | list | no | | Folder of Perl libraries, as local::lib makes them.
perl-args | string | no | | Words, with blanks between, that Perl has in @ARGV.
perl-arg | list | no | | Word that Perl has in @ARGV.
perl-exec | list | no | | Perl file to run before the workers are forked.
perl-exec-post-fork | list | no | | Perl file to run in each worker after the fork.
perl-auto-reload | seconds | no | | Looks at loaded Perl files this often and reloads when one changes; for development.
perl-auto-reload-ignore | list | no | | File that 'perl-auto-reload' does not watch.
perl-no-die-catch | flag | no | | Leaves Perl's handler of die alone.
perl-no-plack | flag | no | | Loads the application without the help of Plack.
perl-version | flag | no | | On the command line: shows the version of Perl.
plshell | string | no | | Starts an interactive Perl shell in the server.
plshell-oneshot | string | no | | As 'plshell', and ends with the shell.
coroae | int | no | | Requests one worker runs at a time, with Perl's Coro::AnyEvent. | unit=requests
`,
  readers: {},
};
