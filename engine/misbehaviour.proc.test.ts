/**
 * What applications do that no server asked them to: each worker serves on, or makes room for one that does, and no client
 * waits for an answer that nobody gives. One engine for each language.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const RUBY = `
trap('CHLD') { nil }
class Silent < StandardError
  def message = raise('nothing to say')
end
TEXT = { 'content-type' => 'text/plain' }.freeze
run(lambda do |env|
  case env['PATH_INFO']
  when '/silent' then raise Silent
  when '/die' then raise 'on purpose'
  when '/left' then throw :nowhere
  when '/refused' then return [200, { 'x' => "a\\r\\nb" }, []]
  when '/deaf' then [$stdout, $stderr].each(&:close)
  when '/sleep' then sleep 60
  when '/child' then return [200, TEXT, [fork { sleep 60 }.to_s]]
  when '/two' then return [200, TEXT, [fork ? 'parent' : 'child']]
  when '/waits' then return [200, TEXT, [trap('CHLD', 'DEFAULT').is_a?(Proc) ? 'own' : 'none']]
  end
  [200, TEXT, [Process.pid.to_s]]
end)
`;
const PERL = `
use strict; use warnings; use POSIX ();
$SIG{CHLD} = 'IGNORE';
package Silent { use overload '""' => sub { die 'nothing to say' }; }
my @text = ('Content-Type' => 'text/plain');
sub {
  my $path = $_[0]{PATH_INFO};
  die bless {}, 'Silent' if $path eq '/silent';
  die 'on purpose' if $path eq '/die';
  no warnings 'exiting';
  last if $path eq '/left';
  return [200, [x => "a\\r\\nb"], []] if $path eq '/refused';
  if ($path eq '/deaf') { close STDOUT; close STDERR }
  sleep 60 if $path eq '/sleep';
  if ($path eq '/child') { my $pid = fork; if (!$pid) { sleep 60; POSIX::_exit(0) } return [200, [@text], [$pid]] }
  return [200, [@text], [fork ? 'parent' : 'child']] if $path eq '/two';
  return [200, [@text], [$SIG{CHLD} eq 'IGNORE' ? 'own' : 'none']] if $path eq '/waits';
  return [200, [@text], [$$]];
}
`;

describe.each([
  ['Ruby', 'rack = config.ru', 'config.ru', RUBY],
  ['Perl', 'psgi = app.psgi', 'app.psgi', PERL],
])('A worker of %s', (_, option, file, app) => {
  let engine: EngineProcess;

  beforeAll(async () => {
    const ini = `${option}\nmaster = true\nprocesses = 1\ndisable-logging = true\n`;
    engine = await EngineProcess.start({ ini, files: { [file]: app } });
  });

  afterAll(async () => {
    await engine.dispose();
  });

  const workerPid = async (): Promise<number> => (await engine.stats()).workers[0]?.pid ?? 0;

  it('serves on after exceptions that do not say what they are, and after a leap out of the application', async () => {
    const pid = await workerPid();
    for (const path of ['/silent', '/left', '/refused', '/die']) {
      expect([path, (await engine.get(path)).status]).toEqual([path, 500]);
    }
    expect(await workerPid()).toBe(pid);
    await engine.seen('Silent');
    await engine.seen('on purpose');
    // The runtime is not where the mistake is.
    expect(engine.log).not.toMatch(/reeve_\w+\.rb|Reeve\/\w+\.pm/);
  });

  it('has the signal handlers that the application has set for all processes', async () => {
    expect((await engine.get('/waits')).body).toBe('own');
  });

  it('answers once when a child that the application has forked comes back as well', async () => {
    const pid = await workerPid();
    for (let count = 0; count < 3; count += 1) expect((await engine.get('/two')).body).toBe('parent');
    expect((await engine.get('/')).body).toBe(String(pid));
    expect(engine.log).not.toContain('lost a connection');
    expect(engine.log).not.toMatch(/closed (?:filehandle|stream)/);
  });

  it('that is killed is missed at once, though a child of the application lives on', async () => {
    const child = Number((await engine.get('/child')).body);
    const pid = await workerPid();
    const stuck = engine.get('/sleep');
    await waitFor('the request to run', async () => (await engine.stats()).workers[0]?.status === 'busy');
    process.kill(pid, 'SIGKILL');
    try {
      expect((await stuck).status).toBe(502);
      expect((await engine.get('/')).status).toBe(200);
    } finally {
      process.kill(child, 'SIGKILL');
    }
  });

  it('serves on when the application has closed the log', async () => {
    const pid = await workerPid();
    expect((await engine.get('/deaf')).status).toBe(200);
    expect((await engine.get('/die')).status).toBe(500);
    expect((await engine.get('/')).body).toBe(String(pid));
  });
});
