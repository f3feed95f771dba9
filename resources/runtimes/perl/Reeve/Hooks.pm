# Hooks of the process that loads the application and of each worker (engine/config/hooks.ts says what they may be).
# A hook that fails ends the process: the start or the reload is given up, a worker is started again later.
package Reeve::Hooks;

use strict;
use warnings;

use POSIX ();

use Reeve::Control;

# A shell beside the command reads from a pipe on which nothing is ever said: when the other end, this process, is gone,
# it kills the command's process group.
use constant TIED => <<'SCRIPT';
exec 3<&0 </dev/null
(trap '' 1 2 3 10 12 15; read _ <&3; kill -9 -$$) &
exec 3<&-
"$0" -c "$1"
code=$?
kill -9 $!
exit $code
SCRIPT

# Runs the hooks of these moments, in this order.
sub run {
    my ($boot, $control, @phases) = @_;
    for my $phase (@phases) {
        for my $hook (@{ $boot->{system}{hooks} }) {
            my ($its_phase, $action, $argument, $text) = @$hook;
            next if $its_phase ne $phase;
            print STDERR "running \"$text\" (" . $phase =~ s/-app/ app/r . ")...\n";
            my $reason = attempt($boot, $control, $action, $argument) // next;
            print STDERR "FATAL hook failed: \"$text\" ($phase) $reason\n";
            STDOUT->flush;
            POSIX::_exit(1);
        }
    }
}

# The moments of a worker that is about to serve.
sub accepting {
    my ($boot, $control) = @_;
    my $is_first = $boot->{isFirst};
    run($boot, $control, 'accepting', $is_first ? 'accepting-once' : ());
    run($boot, $control, 'accepting1', $is_first ? 'accepting1-once' : ()) if $boot->{wid} == 1;
}

# `cpu-affinity`: so many CPUs for this worker, going on where the one before stopped. Perl has no call for it: taskset of
# util-linux does it, where it is installed.
sub bind_to_cpus {
    my ($boot) = @_;
    my $count = $boot->{system}{cpuAffinity} or return;
    open my $status, '<', '/proc/self/status' or return;
    my ($list) = map { /^Cpus_allowed_list:\s*(\S+)/ ? $1 : () } <$status> or return;
    my @cpus = map { my ($first, $last) = split /-/; $first .. $last // $first } split /,/, $list;
    my $chosen = join ',', map { $cpus[ (($boot->{wid} - 1) * $count + $_) % @cpus ] } 0 .. $count - 1;
    print STDERR "mapping worker $boot->{wid} to CPUs: " . $chosen =~ tr/,/ /r . "\n";
    my $code = system "taskset -pc $chosen $$ >/dev/null 2>&1";
    print STDERR "*** worker $boot->{wid} can not be bound to these CPUs: taskset failed ***\n" if $code != 0;
}

# undef: done. Otherwise why not.
sub attempt {
    my ($boot, $control, $action, $argument) = @_;
    if ($action eq 'exec' || $action eq 'safeexec') {
        my $status = execute($boot->{system}{shell}, $argument);
        return undef if $status == 0;
        return "can not be started: $!" if $status < 0;
        my $signal = $status & 127;
        my $reason = $signal ? "was killed by signal $signal" : 'exited with code ' . ($status >> 8);
        return $reason if $action eq 'exec';
        print STDERR "command \"$argument\" $reason\n";
        return undef;
    }
    return act($control, $action, $argument) ? undef : "$!";
}

# Waits for the command and gives its status, -1 when it can not be started. It ends with this process, however that ends.
sub execute {
    my ($shell, $command) = @_;
    pipe my $reader, my $writer or return -1;
    my $pid = CORE::fork() // return -1;
    if ($pid == 0) {
        POSIX::setsid();
        POSIX::dup2(fileno $reader, 0);
        no warnings 'exec';
        exec $shell, '-c', TIED, $shell, $command or POSIX::_exit(127);
    }
    close $reader;
    waitpid $pid, 0;
    return $?;
}

sub act {
    my ($control, $action, $argument) = @_;
    my ($name, $rest) = split / /, $argument, 2;
    $rest //= '';
    if ($action eq 'print' || $action eq 'log') { return print STDERR "$argument\n" }
    if ($action eq 'alarm') {
        return $control->send(
            { type => 'alarm', name => Reeve::Control::text($name), text => Reeve::Control::text($rest) });
    }
    if ($action eq 'exit') {
        STDOUT->flush;
        POSIX::_exit($argument || 0);
    }
    if ($action eq 'putenv') {
        my ($key, $value) = split /=/, $argument, 2;
        $ENV{$key} = $value // '';
        return 1;
    }
    if ($action eq 'chdir' || $action eq 'cd')       { return chdir $argument }
    if ($action eq 'mkdir')                          { return mkdir $argument }
    if ($action eq 'unlink')                         { return unlink $argument }
    if ($action eq 'creat' || $action eq 'create')   { return write_file('>', $argument, '') }
    if ($action eq 'chmod')                          { return chmod oct $rest, $name }
    return write_file($action =~ /^write/ ? '>' : '>>', $name, $rest . ($action =~ /n$/ ? "\n" : ''));
}

sub write_file {
    my ($mode, $path, $text) = @_;
    open my $file, $mode, $path or return 0;
    return print({$file} $text) && close $file;
}

1;
