/** The package `uwsgi` of Perl applications beside that of uWSGI's plugin; and frameworks as Debian has them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineProcess, freePort, waitFor } from './testing/engine-process.ts';
import { UwsgiProcess, whyNoUwsgi } from './testing/uwsgi-process.ts';

/** `/calls`: what each call gives, one a line. `/symbols`: what the package has. */
const APP = `
use strict;
use warnings;

uwsgi::postfork(sub { open my $file, '>>', 'forked'; print {$file} uwsgi::worker_id(), "\\n" });
uwsgi::atexit(sub { open my $file, '>>', 'ended'; print {$file} "$$\\n" });
uwsgi::register_signal(17, '', sub { open my $file, '>>', 'signals'; print {$file} "$_[0]\\n" });

my @calls = map { [ $_, eval "sub { $_ }" || die $@ ] } grep { /./ } split /\\n/, <<'CALLS';
uwsgi::cache_set('key', 'value')
uwsgi::cache_set('key', 'other')
uwsgi::cache_get('key')
uwsgi::cache_exists('key')
uwsgi::cache_exists('nothing')
uwsgi::cache_set('timed', 'x', 100, 'store')
uwsgi::cache_get('timed', 'store')
uwsgi::cache_get('timed')
uwsgi::cache_set("bytes\\0\\xff", "\\0\\xff")
unpack 'H*', uwsgi::cache_get("bytes\\0\\xff")
uwsgi::cache_del('key')
uwsgi::cache_del('key')
uwsgi::cache_get('key')
uwsgi::cache_get()
uwsgi::cache_set('key')
uwsgi::cache_clear()
uwsgi::metric_get('mine')
uwsgi::metric_set('mine', 5)
uwsgi::metric_inc('mine')
uwsgi::metric_inc('mine', 4)
uwsgi::metric_dec('mine', 2)
uwsgi::metric_mul('mine', 3)
uwsgi::metric_div('mine', 2)
uwsgi::metric_get('mine')
uwsgi::metric_get('nothing')
uwsgi::metric_inc('nothing')
uwsgi::register_rpc('hello', sub { "hello @_" })
uwsgi::call('hello', 'a', 'b')
uwsgi::rpc('', 'hello', 'a')
uwsgi::call('nothing')
uwsgi::add_var('NAME', 'value')
uwsgi::set_user_harakiri(100)
uwsgi::set_user_harakiri(0)
uwsgi::add_timer(200, 1000)
uwsgi::add_rb_timer(201, 1000)
uwsgi::i_am_the_lord('legion')
uwsgi::ready_fd()
uwsgi::worker_id()
uwsgi::SPOOL_OK() . uwsgi::SPOOL_RETRY() . uwsgi::SPOOL_IGNORE()
my $options = uwsgi::opt(); $options->{psgi}
my $options = uwsgi::opt(); join ',', @{ $options->{env} }
uwsgi::signal(17)
uwsgi::alarm('none', 'text')
uwsgi::log('a line')
CALLS

sub {
    my ($env) = @_;
    my $path = $env->{PATH_INFO};
    my $body = '';
    if ($path eq '/symbols') {
        no strict 'refs';
        $body = join ' ', sort grep { defined &{"uwsgi::$_"} } keys %uwsgi::;
    }
    elsif ($path eq '/refused') { $body = eval { uwsgi::sharedarea_read(0, 0, 1); 1 } ? 'done' : $@ }
    elsif ($path eq '/spool') { $body = uwsgi::spool({ task => 'mail', to => "ann\\xe9", body => 'x' x 70000 }) }
    elsif ($path eq '/log') {
        $env->{'psgix.logger'}->({ level => 'warn', message => 'said by the application' });
        print {$env->{'psgi.errors'}} "an error of its own\\n";
        uwsgi::log('a line of the log');
    }
    elsif ($path eq '/argv') { $body = "@ARGV" }
    else {
        for my $call (@calls) {
            my $value = eval { $call->[1]->() };
            $body .= "$call->[0] = " . ($@ =~ s/ at .*//sr || (defined $value ? "'$value'" : 'undef')) . "\\n";
        }
    }
    return [ 200, [ 'Content-Type' => 'text/plain' ], [ $body ] ];
};
`;

let engine: EngineProcess;
let uwsgi: UwsgiProcess | null = null;
let uwsgiPort = 0;

const OPTIONS = [
  'cache2 = name=default,items=100',
  'cache2 = name=store,items=100',
  'enable-metrics = true',
  'metric = name=mine',
  'env = A=1',
  'env = B=2',
  'psgi = app.psgi',
];

beforeAll(async () => {
  engine = await EngineProcess.start({
    ini: `${OPTIONS.join('\n')}\nspooler-external = {FOLDER}\nperl-arg = one\nperl-args = two three\n`,
    files: { 'app.psgi': APP },
  });
  if (whyNoUwsgi('psgi') !== null) return;
  uwsgiPort = await freePort();
  const args = ['http-socket-modifier1 = 5', ...OPTIONS].flatMap((line) => {
    const [name = '', value = ''] = line.split(/ = (.*)/s);
    return value === 'true' ? [`--${name}`] : [`--${name}`, value];
  });
  uwsgi = await UwsgiProcess.start(['--plugins', 'psgi', '--http-socket', `127.0.0.1:${uwsgiPort}`, ...args], {
    'app.psgi': APP,
  });
});

afterAll(async () => {
  await uwsgi?.dispose();
  await engine.dispose();
});

async function fromUwsgi(path: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${uwsgiPort}${path}`)).text();
}

describe('the package uwsgi', () => {
  it('has the functions that it has in uWSGI', async (context) => {
    context.skip(uwsgi === null, 'uWSGI with its plugin psgi is not installed');
    expect((await engine.get('/symbols')).body.split(' ')).toEqual((await fromUwsgi('/symbols')).split(' '));
  });

  it('gives what it gives in uWSGI', async (context) => {
    context.skip(uwsgi === null, 'uWSGI with its plugin psgi is not installed');
    expect((await engine.get('/calls')).body.split('\n')).toEqual((await fromUwsgi('/calls')).split('\n'));
  });

  it('says of what is not there why', async () => {
    expect((await engine.get('/refused')).body).toContain('the engine has no shared areas: use the cache');
  });

  it('calls the handlers of signals between requests, and those of a fork and of the end', async () => {
    await engine.get('/calls');
    await waitFor('the signal', () => engine.read('signals') !== '');
    expect(engine.read('signals')).toMatch(/^(17\n)+$/);
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    await waitFor('the end of the old worker', () => engine.read('ended') !== '');
    expect(engine.read('forked')).toMatch(/^1\n1\n/);
  });

  it('puts tasks into the folder of a spooler', async () => {
    const path = (await engine.get('/spool')).body;
    expect(existsSync(path)).toBe(true);
    expect(readdirSync(engine.folder).filter((name) => name.startsWith('.uwsgi_spoolfile'))).toEqual([]);
  });

  it('writes to the log what the application has to say; its words of the configuration are in @ARGV', async () => {
    await engine.get('/log');
    await engine.seen('[uwsgi-perl warn] said by the application\n');
    await engine.seen('an error of its own\n');
    await engine.seen('a line of the log\n');
    expect((await engine.get('/argv')).body).toBe('one two three');
  });
});

const MOJOLICIOUS = `
use Mojolicious::Lite -signatures;

get '/' => sub ($c) { $c->render(text => 'index') };
get '/hello/:name' => 'hello';
post '/form' => sub ($c) {
    $c->session(seen => ($c->session('seen') // 0) + 1);
    $c->render(json => { name => $c->param('name'), seen => $c->session('seen') });
};
get '/stream' => sub ($c) {
    $c->write_chunk('zero ', sub ($c, @) { $c->write_chunk('last', sub ($c, @) { $c->finish }) });
};
app->secrets(['test']);
app->start;

__DATA__
@@ hello.html.ep
<p>Hello <%= param 'name' %></p>
`;

const DANCER = `
package Shop;
use Dancer2;

set show_errors => 0;
get '/' => sub { 'index' };
get '/hello/:name' => sub { '<p>Hello ' . route_parameters->get('name') . '</p>' };
post '/form' => sub { send_as JSON => { name => body_parameters->get('name') } };
get '/dies' => sub { die 'asked for' };

to_app;
`;

describe.each([
  ['Mojolicious', 'Mojolicious', MOJOLICIOUS],
  ['Dancer', 'Dancer2', DANCER],
])('an application with %s', (_, module, app) => {
  const isThere = hasModule(module);
  let server: EngineProcess | null = null;

  beforeAll(async () => {
    if (!isThere) return;
    server = await EngineProcess.start({ ini: 'psgi = app.psgi\nprocesses = 2\n', files: { 'app.psgi': app } });
  });

  afterAll(async () => {
    await server?.dispose();
  });

  it('answers pages, parameters and forms in UTF-8', async (context) => {
    context.skip(!isThere, `${module} is not installed`);
    if (server === null) throw new Error('it was not started');
    expect((await server.get('/')).body).toBe('index');
    expect((await server.get('/hello/J%C3%BCrgen')).body.trim()).toBe('<p>Hello Jürgen</p>');
    expect((await server.get('/nowhere')).status).toBe(404);
    const form = await fetch(`http://127.0.0.1:${server.port}/form`, {
      method: 'POST',
      body: new URLSearchParams({ name: 'Zoë' }),
    });
    expect(await form.json()).toMatchObject({ name: 'Zoë' });
    if (module === 'Dancer2') {
      expect((await server.get('/dies')).status).toBe(500);
      return;
    }
    expect((await server.get('/stream')).body).toBe('zero last');
    const cookie = form.headers.get('set-cookie')?.split(';')[0] ?? '';
    const again = await fetch(`http://127.0.0.1:${server.port}/form`, { method: 'POST', headers: { cookie } });
    expect(await again.json()).toMatchObject({ seen: 2 });
  });
});

function hasModule(name: string): boolean {
  try {
    execFileSync('perl', [`-M${name}`, '-e', '1'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
