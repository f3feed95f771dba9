/**
 * The reader: a program that runs on a host behind SSH, over one session channel, as long as its sockets are asked. It
 * connects to sockets there and passes their bytes on: to abstract ones, and where the server forbids forwarding. It
 * always reads what its sockets have, whatever the link does; it listens on nothing and leaves no file. Once in Python 3
 * and once in Perl, with the same lines (stream-reader.ts). Pure.
 *
 *   to it     O id MS MOST unix HEX         connect; for so many milliseconds and bytes at most
 *             O id MS MOST tcp HEX PORT
 *             W id HEX                      write
 *             C id                          forget it
 *   from it   id TYPE LENGTH\n bytes        o connected, d data, e its end, x an errno's name
 *             0 r 0                         it has begun
 */

export const PYTHON_READER = `
import errno, os, select, socket, sys, time
conns = {}
out = bytearray()
inp = b''
def put(i, kind, data=b''):
    out.extend(b'%d %s %d\\n' % (i, kind, len(data)))
    out.extend(data)
def drop(i, why=None):
    c = conns.pop(i, None)
    if c is None: return
    if why is not None: put(i, b'x', why)
    c[0].close()
def name(e):
    return errno.errorcode.get(e, str(e)).encode()
def begin(i, ms, most, kind, target, port):
    text = bytes.fromhex(target)
    if kind == 'unix':
        s = socket.socket(socket.AF_UNIX)
        where = text
    else:
        try:
            info = socket.getaddrinfo(text.decode(), port, 0, socket.SOCK_STREAM)[0]
        except socket.gaierror:
            put(i, b'x', b'ENOTFOUND')
            return
        s = socket.socket(info[0], info[1])
        where = info[4]
    s.setblocking(False)
    conns[i] = [s, time.monotonic() + ms / 1000.0, most, False, b'']
    e = s.connect_ex(where)
    if e == 0: opened(i)
    elif e != errno.EINPROGRESS: drop(i, name(e))
def opened(i):
    conns[i][3] = True
    put(i, b'o')
def line(words):
    i = int(words[1])
    if words[0] == 'O':
        port = int(words[6]) if len(words) > 6 else 0
        try: begin(i, int(words[2]), int(words[3]), words[4], words[5], port)
        except OSError as e:
            if i in conns: drop(i, name(e.errno))
            else: put(i, b'x', name(e.errno))
    elif words[0] == 'W':
        if i in conns: conns[i][4] += bytes.fromhex(words[2])
    elif words[0] == 'C': drop(i)
def receive(i):
    c = conns[i]
    try: data = c[0].recv(65536)
    except BlockingIOError: return
    except OSError as e: return drop(i, name(e.errno))
    c[2] -= len(data)
    if not data:
        put(i, b'e')
        drop(i)
    elif c[2] < 0 or len(out) > 33554432: drop(i, b'EMSGSIZE')
    else: put(i, b'd', data)
def send(i):
    c = conns[i]
    if not c[3]:
        e = c[0].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if e: return drop(i, name(e))
        opened(i)
    if c[4]:
        try: c[4] = c[4][c[0].send(c[4]):]
        except BlockingIOError: pass
        except OSError as e: drop(i, name(e.errno))
put(0, b'r')
os.set_blocking(1, False)
while True:
    poll = select.poll()
    poll.register(0, select.POLLIN)
    if out: poll.register(1, select.POLLOUT)
    fds = {}
    for i, c in conns.items():
        poll.register(c[0], (select.POLLIN if c[3] else 0) | (select.POLLOUT if c[4] or not c[3] else 0))
        fds[c[0].fileno()] = i
    now = time.monotonic()
    wait = min([c[1] for c in conns.values()] + [now + 3600]) - now
    for fd, what in poll.poll(max(0, wait * 1000) + 1):
        if fd == 0:
            data = os.read(0, 65536)
            if not data: os._exit(0)
            *lines, inp = (inp + data).split(b'\\n')
            for l in lines: line(l.decode().split(' '))
        elif fd == 1:
            try: del out[:os.write(1, out[:262144])]
            except BlockingIOError: pass
            except OSError: os._exit(0)
        elif fd in fds and fds[fd] in conns:
            i = fds[fd]
            if what & select.POLLOUT or not conns[i][3]: send(i)
            if i in conns and what & (select.POLLIN | select.POLLHUP | select.POLLERR): receive(i)
    now = time.monotonic()
    for i in [i for i, c in conns.items() if c[1] < now]: drop(i, b'ETIMEDOUT')
`;

export const PERL_READER = `
use strict; use warnings; use Socket; use Errno; use IO::Handle;
my (%conns, $out, $inp) = (); ($out, $inp) = ('', '');
my %names = map { my $n = $_; no strict 'refs'; (&{"Errno::$n"}() => $n) } grep { exists &{"Errno::$_"} } qw(ECONNREFUSED ENOENT ENOTSOCK EACCES EPERM EHOSTUNREACH ENETUNREACH ECONNRESET EPIPE ETIMEDOUT EAGAIN EPROTOTYPE);
sub name { my $e = shift() + 0; return $names{$e} // "$e"; }
sub put { my ($i, $kind, $data) = @_; $data //= ''; $out .= "$i $kind " . length($data) . "\\n" . $data; }
sub drop { my ($i, $why) = @_; my $c = delete $conns{$i} or return; put($i, 'x', $why) if defined $why; close $c->{s}; }
sub again { my $e = shift() + 0; return $e == Errno::EAGAIN() || $e == Errno::EWOULDBLOCK() || $e == Errno::EINTR(); }
sub opened { my $i = shift; $conns{$i}{open} = 1; put($i, 'o'); }
sub begin {
  my ($i, $ms, $most, $kind, $target, $port) = @_;
  my $text = pack('H*', $target); my ($s, $where);
  if ($kind eq 'unix') {
    socket($s, AF_UNIX, SOCK_STREAM, 0) or return put($i, 'x', name($!));
    $where = $text =~ /^\\0/ ? pack('S a*', AF_UNIX, $text) : pack_sockaddr_un($text);
  } else {
    my ($e, @found) = Socket::getaddrinfo($text, $port, { socktype => SOCK_STREAM });
    return put($i, 'x', 'ENOTFOUND') if $e or !@found;
    socket($s, $found[0]{family}, SOCK_STREAM, 0) or return put($i, 'x', name($!));
    $where = $found[0]{addr};
  }
  $s->blocking(0);
  $conns{$i} = { s => $s, until => time() + $ms / 1000, most => $most, open => 0, w => '' };
  if (connect($s, $where)) { opened($i) } elsif ($! != Errno::EINPROGRESS()) { drop($i, name($!)) }
}
sub line {
  my ($what, $i, @rest) = split / /, shift;
  if ($what eq 'O') { begin($i, @rest) }
  elsif ($what eq 'W') { $conns{$i}{w} .= pack('H*', $rest[0]) if $conns{$i} }
  elsif ($what eq 'C') { drop($i) }
}
sub receive {
  my $i = shift; my $c = $conns{$i}; my $got = sysread($c->{s}, my $data, 65536);
  if (!defined $got) { drop($i, name($!)) unless again($!); return }
  $c->{most} -= $got;
  if ($got == 0) { put($i, 'e'); drop($i) }
  elsif ($c->{most} < 0 || length($out) > 33554432) { drop($i, 'EMSGSIZE') }
  else { put($i, 'd', $data) }
}
sub deliver {
  my $i = shift; my $c = $conns{$i};
  if (!$c->{open}) {
    my $e = unpack('i', getsockopt($c->{s}, SOL_SOCKET, SO_ERROR));
    return drop($i, name($e)) if $e;
    opened($i);
  }
  return if $c->{w} eq '';
  my $sent = syswrite($c->{s}, $c->{w});
  if (defined $sent) { substr($c->{w}, 0, $sent, '') } elsif (!again($!)) { drop($i, name($!)) }
}
$SIG{PIPE} = 'IGNORE'; binmode STDIN; binmode STDOUT; STDOUT->blocking(0); put(0, 'r');
while (1) {
  my ($wait, $r, $w) = (3600, '', '');
  vec($r, 0, 1) = 1;
  vec($w, 1, 1) = 1 if $out ne '';
  for my $c (values %conns) {
    my $fd = fileno($c->{s});
    vec($r, $fd, 1) = 1 if $c->{open};
    vec($w, $fd, 1) = 1 if $c->{w} ne '' || !$c->{open};
    my $left = $c->{until} - time(); $wait = $left if $left < $wait;
  }
  select($r, $w, undef, $wait < 0 ? 0 : $wait + 1) >= 0 or next;
  if (vec($w, 1, 1)) {
    my $sent = syswrite(STDOUT, $out, 262144);
    if (defined $sent) { substr($out, 0, $sent, '') } elsif (!again($!)) { exit 0 }
  }
  for my $i (keys %conns) {
    my $fd = fileno($conns{$i}{s});
    deliver($i) if vec($w, $fd, 1);
    receive($i) if $conns{$i} && vec($r, $fd, 1);
  }
  if (vec($r, 0, 1)) {
    my $got = sysread(STDIN, $inp, 65536, length $inp);
    exit 0 if defined $got && $got == 0;
    line($1) while $inp =~ s/^([^\\n]*)\\n//;
  }
  for my $i (keys %conns) { drop($i, 'ETIMEDOUT') if $conns{$i} && $conns{$i}{until} < time() }
}
`;
