/**
 * The fixed programs that act on a machine where Reeve itself can't make the system calls: over SSH, and through
 * sudo. They come over the standard input of an interpreter, so that nothing is left there and no shell reads them;
 * what they act on comes as arguments. Each prints one line, `WORD<TAB>DETAIL`. Three of one behaviour: python3, perl,
 * and a plain sh with GNU dd, for what is there.
 *
 * fifo-check PATH MASTER_PID: `ready MODE UID READ_BY`, `errno NAME` or `not-fifo`
 * fifo-write PATH LETTERS:    `ok`, `errno NAME`, `not-fifo` or `short N`
 * signal PID NAME SHA PARENT: `ok`, `errno NAME` or `not-it`; SHA: of the arguments that PID has to have, or PARENT
 *                             when that is not 0 (then PID has to be its child)
 */

export type Interpreter = 'python3' | 'perl' | 'sh';

/** Finds out which of the interpreters can be used, in the order of preference. */
export const PROBE = `if python3 -c 0 </dev/null >/dev/null 2>&1; then echo python3; fi
if perl -MDigest::SHA -e 0 </dev/null >/dev/null 2>&1; then echo perl; fi
if LC_ALL=C dd --version 2>/dev/null | grep -q coreutils; then echo sh; fi
`;

const PYTHON = `import errno, hashlib, os, signal, stat, sys, time

def name_of(error):
    return 'errno\\t' + errno.errorcode.get(error.errno, str(error.errno))

def fifo_check(path, master):
    try:
        found = os.stat(path)
        if not stat.S_ISFIFO(found.st_mode):
            return 'not-fifo'
        if not os.access(path, os.W_OK):
            return 'errno\\tEACCES'
        mode = '%o %d' % (stat.S_IMODE(found.st_mode), found.st_uid)
        real = os.path.realpath(path)
        try:
            names = os.listdir('/proc/%s/fd' % master)
        except OSError:
            names = []
        for name in names:
            try:
                if os.readlink('/proc/%s/fd/%s' % (master, name)) == real:
                    return 'ready\\t%s %s' % (mode, master)
            except OSError:
                pass
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        return 'ready\\t%s 0' % mode
    except OSError as error:
        return name_of(error)

def try_write(path, letters):
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        return name_of(error)
    try:
        if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            return 'not-fifo'
        written = os.write(descriptor, letters.encode())
        return 'ok' if written == len(letters) else 'short\\t%d' % written
    except OSError as error:
        return name_of(error)
    finally:
        os.close(descriptor)

def fifo_write(path, letters):
    end = time.time() + 0.6
    while True:
        said = try_write(path, letters)
        if said not in ('errno\\tENXIO', 'errno\\tENOENT', 'errno\\tEPIPE') or time.time() >= end:
            return said
        time.sleep(0.015)

def send_signal(pid, name, sha, parent):
    try:
        with open('/proc/%s/cmdline' % (pid if parent == '0' else parent), 'rb') as cmdline:
            if hashlib.sha256(cmdline.read().rstrip(b'\\0')).hexdigest() != sha:
                return 'not-it'
        if parent != '0':
            with open('/proc/%s/status' % pid) as status:
                if ('PPid:\\t%s\\n' % parent) not in status.read():
                    return 'not-it'
        os.kill(int(pid), getattr(signal, 'SIG' + name))
        return 'ok'
    except OSError as error:
        return name_of(error)

work = {'fifo-check': fifo_check, 'fifo-write': fifo_write, 'signal': send_signal}
print(work[sys.argv[1]](*sys.argv[2:]))
`;

const PERL = `use strict; use warnings; use Errno; use Fcntl qw(:DEFAULT :mode); use Digest::SHA; use Cwd ();
$SIG{PIPE} = 'IGNORE';
sub name_of { my $n = $! + 0; for my $name (keys %!) { no strict 'refs'; return "errno\\t$name" if $n == (exists &{"Errno::$name"} ? &{"Errno::$name"}() : -1); } return "errno\\t$n"; }
sub slurp { my ($path) = @_; open(my $file, '<', $path) or return undef; binmode $file; local $/; my $text = <$file>; close $file; return $text; }
sub fifo_check {
  my ($path, $master) = @_;
  my @found = stat($path) or return name_of();
  return 'not-fifo' unless S_ISFIFO($found[2]);
  return "errno\\tEACCES" unless -w $path;
  my $mode = sprintf('%o %d', S_IMODE($found[2]), $found[4]);
  my $real = Cwd::realpath($path);
  if (opendir(my $folder, "/proc/$master/fd")) {
    for my $name (readdir $folder) {
      my $link = readlink("/proc/$master/fd/$name");
      return "ready\\t$mode $master" if defined $link && $link eq $real;
    }
  }
  sysopen(my $fifo, $path, O_WRONLY | O_NONBLOCK) or return name_of();
  close $fifo;
  return "ready\\t$mode 0";
}
sub try_write {
  my ($path, $letters) = @_;
  sysopen(my $fifo, $path, O_WRONLY | O_NONBLOCK) or return name_of();
  return 'not-fifo' unless S_ISFIFO((stat $fifo)[2]);
  my $written = syswrite($fifo, $letters);
  my $said = defined $written ? ($written == length $letters ? 'ok' : "short\\t$written") : name_of();
  close $fifo;
  return $said;
}
sub fifo_write {
  my ($path, $letters) = @_;
  my $said;
  for (1 .. 40) {
    $said = try_write($path, $letters);
    last unless $said =~ /^errno\\t(ENXIO|ENOENT|EPIPE)$/;
    select(undef, undef, undef, 0.015);
  }
  return $said;
}
sub send_signal {
  my ($pid, $name, $sha, $parent) = @_;
  my $cmdline = slurp('/proc/' . ($parent eq '0' ? $pid : $parent) . '/cmdline');
  return "errno\\tESRCH" unless defined $cmdline;
  $cmdline =~ s/\\0+$//;
  return 'not-it' unless Digest::SHA::sha256_hex($cmdline) eq $sha;
  if ($parent ne '0') {
    my $status = slurp("/proc/$pid/status");
    return "errno\\tESRCH" unless defined $status;
    return 'not-it' unless $status =~ /^PPid:\\t$parent$/m;
  }
  return kill($name, $pid) ? 'ok' : name_of();
}
my %work = ('fifo-check' => \\&fifo_check, 'fifo-write' => \\&fifo_write, 'signal' => \\&send_signal);
my $op = shift @ARGV;
print $work{$op}->(@ARGV), "\\n";
`;

/** GNU dd opens without creating, blocking or truncating; that it is a FIFO is seen just before. */
const SHELL = `LC_ALL=C; export LC_ALL
tell() {
  case "$1" in
    *'No such device or address'*) printf 'errno\\tENXIO\\n';;
    *'No such file'*) printf 'errno\\tENOENT\\n';;
    *'No such process'*) printf 'errno\\tESRCH\\n';;
    *'ermission denied'*|*'not permitted'*) printf 'errno\\tEACCES\\n';;
    *'Broken pipe'*) printf 'errno\\tEPIPE\\n';;
    *) printf 'errno\\t%s\\n' "$(printf %s "$1" | tr '\\n\\t' '  ')";;
  esac
}
kind() {
  if [ -p "$1" ]; then return 0; fi
  if [ -e "$1" ]; then printf 'not-fifo\\n'; else printf 'errno\\tENOENT\\n'; fi
  return 1
}
fifo_check() {
  kind "$1" || return
  if [ ! -w "$1" ]; then printf 'errno\\tEACCES\\n'; return; fi
  mode=$(stat -L -c '%a %u' -- "$1")
  real=$(readlink -f -- "$1")
  for link in "/proc/$2/fd/"*; do
    if [ "$(readlink "$link" 2>/dev/null)" = "$real" ]; then printf 'ready\\t%s %s\\n' "$mode" "$2"; return; fi
  done
  if failure=$(dd if=/dev/null "of=$1" oflag=nonblock conv=nocreat,notrunc status=none 2>&1); then
    printf 'ready\\t%s 0\\n' "$mode"
  else tell "$failure"; fi
}
fifo_write() {
  for round in 1 2 3 4 5 6 7 8 9 10 11 12; do
    if said=$(kind "$1"); then
      if failure=$(printf %s "$2" | dd "of=$1" bs=64 count=1 oflag=nonblock conv=nocreat,notrunc status=none 2>&1); then
        printf 'ok\\n'; return
      fi
      said=$(tell "$failure")
    fi
    case "$said" in *ENXIO|*ENOENT|*EPIPE) sleep 0.05;; *) break;; esac
  done
  printf '%s\\n' "$said"
}
send_signal() {
  whose=$1
  if [ "$4" != 0 ]; then whose=$4; fi
  if [ ! -r "/proc/$whose/cmdline" ]; then printf 'errno\\tESRCH\\n'; return; fi
  sha=$(sed -e 's/\\x00*$//' "/proc/$whose/cmdline" | sha256sum)
  if [ "\${sha%% *}" != "$3" ]; then printf 'not-it\\n'; return; fi
  if [ "$4" != 0 ] && ! grep -q "^PPid:[[:space:]]*$4\\$" "/proc/$1/status" 2>/dev/null; then printf 'not-it\\n'; return; fi
  if failure=$(kill -s "$2" "$1" 2>&1); then printf 'ok\\n'; else tell "$failure"; fi
}
case "$1" in
  fifo-check) fifo_check "$2" "$3";;
  fifo-write) fifo_write "$2" "$3";;
  signal) send_signal "$2" "$3" "$4" "$5";;
esac
`;

export const PROGRAMS: Readonly<Record<Interpreter, { argv: readonly [string, ...string[]]; text: string }>> = {
  python3: { argv: ['python3', '-'], text: PYTHON },
  perl: { argv: ['perl', '-'], text: PERL },
  sh: { argv: ['sh', '-s', '--'], text: SHELL },
};
