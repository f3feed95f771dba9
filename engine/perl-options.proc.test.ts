/** What the options of Perl applications do, one engine for all of them; and hooks, names and CPUs of Perl processes. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const APP = `
use strict;
use warnings;
use Local;
use lib '.';
use Ignored;
use Watched;

sub {
    my ($env) = @_;
    die "asked for\\n" if $env->{PATH_INFO} eq '/die';
    my $plack = exists $INC{'Plack/Util.pm'} ? 'with Plack' : 'without Plack';
    return [ 200, [], [ join '|', $Local::VALUE, $main::EXECUTED, $main::CONNECTED, $plack, $0, $Watched::VALUE, $Ignored::VALUE ] ];
};
`;

let engine: EngineProcess;
let library = '';

beforeAll(async () => {
  library = mkdtempSync(join(tmpdir(), 'reeve-perl-'));
  mkdirSync(join(library, 'lib', 'perl5'), { recursive: true });
  writeFileSync(join(library, 'lib', 'perl5', 'Local.pm'), "package Local;\nour $VALUE = 'local';\n1;\n");
  engine = await EngineProcess.start({
    ini: `psgi = app.psgi
master = true
processes = 2
perl-local-lib = ${library}
perl-exec = exec.pl
perl-exec-post-fork = post.pl
perl-auto-reload = 1
perl-auto-reload-ignore = Ignored.pm
perl-no-plack = true
perl-no-die-catch = true
hook-pre-app = exec:echo pre-app >> hooks
hook-post-app = appendn:hooks post-app
hook-post-fork = exec:echo post-fork >> hooks
hook-accepting1-once = creat:accepted
auto-procname = true
`,
    files: {
      'app.psgi': APP,
      'exec.pl': "$main::EXECUTED = 'executed'; 1;\n",
      'post.pl': '$main::CONNECTED = "connected $$"; die "and failed\\n";\n',
      'Watched.pm': "package Watched;\nour $VALUE = 'first';\n1;\n",
      'Ignored.pm': "package Ignored;\nour $VALUE = 'first';\n1;\n",
    },
  });
});

afterAll(async () => {
  await engine.dispose();
  rmSync(library, { recursive: true });
});

async function seen(): Promise<string[]> {
  return (await engine.get('/')).body.split('|');
}

it('libraries, files before and after the fork, and loading without Plack', async () => {
  const [local, executed, connected, plack, name] = await seen();
  expect([local, executed, plack, name]).toEqual(['local', 'executed', 'without Plack', engine.path('app.psgi')]);
  const pids = (await engine.stats()).workers.map(({ pid }) => `connected ${pid}`);
  expect(pids).toContain(connected);
  expect(engine.count('[uwsgi-perl error] and failed')).toBe(2);
});

it('perl-no-die-catch leaves the stack out', async () => {
  expect((await engine.get('/die')).status).toBe(500);
  await engine.seen('[uwsgi-perl error] asked for\n');
  expect(engine.log).not.toMatch(/asked for\n {4}/);
});

it('hooks run at their moments, and processes have names', async () => {
  expect(engine.read('hooks').trim().split('\n')).toEqual(['pre-app', 'post-app', 'post-fork', 'post-fork']);
  await waitFor('the hook of the first worker', () => engine.log.includes('accepting1-once'));
  const { workers } = await engine.stats();
  for (const { id, pid } of workers) {
    expect(readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', '').trim()).toContain(`reeve worker ${id}`);
  }
});

it('perl-auto-reload brings the new code of a module, but not for a file that it ignores', async () => {
  engine.write('Ignored.pm', "package Ignored;\nour $VALUE = 'second time';\n1;\n");
  engine.write('Watched.pm', "package Watched;\nour $VALUE = 'second time';\n1;\n");
  await engine.seen('Watched.pm has been modified');
  await waitFor('the new code', async () => (await seen())[5] === 'second time');
  expect(engine.log).not.toContain('Ignored.pm has been modified');
});
