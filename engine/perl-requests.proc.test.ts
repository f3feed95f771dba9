/**
 * What Perl applications see of a request and what clients see of their answers, beside uWSGI's plugin psgi with the same
 * applications; where the engine is stricter, in its own words.
 */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineProcess, freePort, waitFor } from './testing/engine-process.ts';
import { UwsgiProcess, whyNoUwsgi } from './testing/uwsgi-process.ts';

const APP = `
use strict;
use warnings;

my %answers = (
    '/env' => sub {
        my ($env) = @_;
        my $show = sub { my ($value) = @_; ref $value eq 'ARRAY' ? "[@$value]" : ref $value ? 'a reference' : $value };
        return text(join '', map { "$_=" . $show->($env->{$_}) . "\\n" } sort keys %$env);
    },
    '/echo' => sub {
        my ($env) = @_;
        my ($first, $rest) = ('', '');
        my $input = $env->{'psgi.input'};
        my $count = $input->read($first, 5);
        $input->read($rest, 1000000, 3);
        return text("$count|$first|" . length($rest) . '|' . unpack('%32C*', $rest) . '|' . $rest =~ s/\\0/0/gr);
    },
    '/cookies' => sub { [ 200, [ 'Set-Cookie' => 'a=1; Path=/', 'Set-Cookie' => 'b=2', 'X-Seen' => $_[0]{HTTP_COOKIE} ], [] ] },
    '/status'  => sub { [ $_[0]{QUERY_STRING}, [ 'X-A' => 'b' ], [ 'x' ] ] },
    '/none'    => sub { [ 204, [], [] ] },
    '/parts'   => sub { [ 200, [ 'Content-Type' => 'text/plain' ], [ 'one ', 'two ', "\\xe9\\xff" ] ] },
    '/upgraded' => sub { my $text = "plain"; utf8::upgrade($text); text($text) },
    '/length'  => sub { [ 200, [ 'content-length' => 5, 'Content-Type' => 'text/plain' ], [ 'abcde' ] ] },
    '/handle'  => sub { open my $file, '<', __FILE__ or die; [ 200, [ 'Content-Type' => 'text/x-perl' ], $file ] },
    '/object'  => sub { [ 200, [], Lines->new('a', "b\\n", 'c') ] },
    '/delayed' => sub { sub { $_[0]->(text('late')) } },
    '/writer'  => sub { sub { my $out = $_[0]->([ 200, [ 'X-Way' => 'writer' ] ]); $out->write($_) for 1 .. 3; $out->close } },
    '/unclosed' => sub { sub { my $out = $_[0]->([ 200, [] ]); $out->write('open') } },
    '/large'   => sub { text('0123456789' x 100_000) },
    '/dies'    => sub { die "asked for\\n" },
    '/nothing' => sub { undef },
    '/closed'  => sub { text($Lines::closed) },
    # Where the engine is stricter.
    '/wide'    => sub { text("\\x{263a}") },
    '/inject'  => sub { [ 200, [ 'X-A' => "b\\r\\nSet-Cookie: c" ], [] ] },
    '/inject-name' => sub { [ 200, [ "X-A: b\\r\\nX-B" => 'c' ], [] ] },
    '/two-lengths' => sub { [ 200, [ 'Content-Length' => 1, 'Content-Length' => 2 ], [ 'x' ] ] },
    '/silent'  => sub { sub { } },
    '/dies-late' => sub { sub { my $out = $_[0]->([ 200, [] ]); $out->write('some'); die "late\\n" } },
    '/seek'    => sub { my $in = $_[0]{'psgi.input'}; my $line = <$in>; $in->seek(0, 0); text($line . join '', <$in>) },
);

sub text { [ 200, [ 'Content-Type' => 'text/plain' ], [ @_ ] ] }

package Lines;
our $closed = 0;
sub new { my ($class, @lines) = @_; bless [@lines], $class }
sub getline { shift @{ $_[0] } }
sub close { $closed += 1 }

package main;

sub { my ($env) = @_; ($answers{ $env->{PATH_INFO} } // $answers{'/env'})->($env) };
`;

interface Seen {
  status: number;
  headers: string[];
  body: string;
}

let engine: EngineProcess;
let uwsgi: UwsgiProcess | null = null;
let uwsgiPort = 0;

beforeAll(async () => {
  engine = await EngineProcess.start({ ini: 'psgi = app.psgi\nprocesses = 2\n', files: { 'app.psgi': APP } });
  if (whyNoUwsgi('psgi') !== null) return;
  uwsgiPort = await freePort();
  const address = ['--http-socket', `127.0.0.1:${uwsgiPort}`, '--http-socket-modifier1', '5'];
  const args = ['--plugins', 'psgi', ...address, '--psgi', 'app.psgi', '--processes', '2'];
  uwsgi = await UwsgiProcess.start(args, { 'app.psgi': APP });
});

afterAll(async () => {
  await uwsgi?.dispose();
  await engine.dispose();
});

interface Asked {
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: Buffer;
}

async function ask(port: number, { path, method = 'GET', headers = {}, body }: Asked): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (incoming) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const pairs = incoming.rawHeaders.flatMap((name, at, all) => (at % 2 === 0 ? [`${name}: ${all[at + 1]}`] : []));
        // What the engine adds for the connection.
        const own = pairs.filter(
          (line) => !/^(date|connection|keep-alive|transfer-encoding|content-length):/i.test(line),
        );
        resolve({ status: incoming.statusCode ?? 0, headers: own, body: Buffer.concat(parts).toString('latin1') });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** What differs by nature: ports, and the type of psgi.input (a file handle here, which is more). */
function comparable({ status, headers, body }: Seen): Seen {
  const lines = body
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
    .replaceAll(/^SERVER_PORT=.*\n/gm, '')
    .replace('psgix.input.buffered=1', 'psgix.input.buffered=0');
  return { status, headers, body: lines };
}

const LARGE = Buffer.alloc(300_000, 'body \0\xff', 'latin1');

const SAME: Asked[] = [
  { path: '/env' },
  { path: '/caf%C3%A9/%E9%00x?q=%20a&q=%C3%A9', headers: { 'X-One': 'a', x_two: 'b', Accept: 'text/html' } },
  { path: '/env', method: 'PURGE', headers: { Cookie: 'a=1; b=2', Authorization: 'Basic eDp5' } },
  {
    path: '/echo',
    method: 'POST',
    body: Buffer.from('hello=wörld\0&x', 'latin1'),
    headers: { 'Content-Type': 'text/x' },
  },
  { path: '/echo', method: 'PUT', body: LARGE },
  { path: '/cookies', headers: { Cookie: 'session=\xe9' } },
  ...['200', '404', '299', '503'].map((query) => ({ path: `/status?${query}` })),
  ...['none', 'parts', 'upgraded', 'length', 'handle', 'object', 'delayed', 'writer', 'unclosed', 'large', 'dies'].map(
    (name) => ({ path: `/${name}` }),
  ),
];

describe('a PSGI application gets and gives the same as in uWSGI', () => {
  it.each(SAME.map((asked) => [`${asked.method ?? 'GET'} ${asked.path}`, asked] as const))('%s', async (_, asked) => {
    const ours = comparable(await ask(engine.port, asked));
    expect(ours.status).toBeGreaterThanOrEqual(200);
    if (uwsgi === null) return;
    expect(ours).toEqual(comparable(await ask(uwsgiPort, asked)));
  });

  it.each(['/env', '/handle', '/writer', '/large'])('sends no body of %s to a HEAD request', async (path) => {
    const { status, body } = await ask(engine.port, { path, method: 'HEAD' });
    expect({ status, body }).toEqual({ status: 200, body: '' });
  });

  it('closes bodies that are read', async () => {
    const closed = async (): Promise<number> => Number((await ask(engine.port, { path: '/closed' })).body);
    await ask(engine.port, { path: '/object' });
    await waitFor('a body that was closed', async () => (await closed()) > 0);
  });
});

describe('a PSGI application in the engine, unlike in uWSGI', () => {
  it.each([
    ['/wide', 'a wide character in the body: encode it first'],
    ['/inject', 'a status or header holds a line break or a NUL'],
    ['/inject-name', 'is not a header name'],
    ['/two-lengths', 'Content-Length is there twice, 1 and 2'],
    ['/nothing', 'the application gave undef, not a response'],
    ['/silent', 'the application ended without an answer'],
    ['/status?7', "'7' is not the status of a response"],
  ])('answers %s with 500 and says why in the log', async (path, reason) => {
    expect((await ask(engine.port, { path })).status).toBe(500);
    await engine.seen(reason);
  });

  it('has its client see that an answer is cut off when it dies in the midst', async () => {
    await expect(ask(engine.port, { path: '/dies-late' })).rejects.toThrow('aborted');
  });

  it('reads its input as a file handle, as often as it likes', async () => {
    const seen = await ask(engine.port, { path: '/seek', method: 'POST', body: Buffer.from('one\ntwo\n') });
    expect(seen.body).toBe('one\none\ntwo\n');
    const large = await ask(engine.port, { path: '/seek', method: 'POST', body: Buffer.alloc(2_000_000, 'line\n') });
    expect(large.body.length).toBe(2_000_005);
  });

  it('is shown in the log with the place where it died', async () => {
    await ask(engine.port, { path: '/dies' });
    await engine.seen('[uwsgi-perl error] asked for\n    ');
    expect(engine.log).toMatch(/asked for\n {4}\S+app\.psgi line \d+ in \S+__ANON__\n/);
  });
});
