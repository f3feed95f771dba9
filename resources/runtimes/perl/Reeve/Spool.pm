# Puts a task into a spooler's folder (uwsgi::spool): the file's name and bytes are uWSGI's, as drawn in
# resources/runtimes/python/reeve_spool_file.py. The file has another name until it is complete, which no spooler looks at.
# Tasks are run by Python.
package Reeve::Spool;

use strict;
use warnings;

use Fcntl ();
use File::Path ();
use File::Spec ();
use Sys::Hostname ();
use Time::HiRes ();

use constant { MODIFIER => 17, MOST_VARS_BYTES => 0xffff };

my $counter = 0;

# Writes the file and wakes who runs it; gives its path. Keys with a meaning: `spooler` (a folder, or its number from 0),
# `priority` (a number), `at` (epoch seconds), `body` (what is larger than 64 KiB).
sub enqueue {
    my ($boot, $task) = @_;
    die "unable to spool job: uwsgi::spool needs a reference to a hash\n" if ref $task ne 'HASH';
    my %vars = map { bytes_of($_) => bytes_of($task->{$_}) } keys %$task;
    my $body = delete $vars{body} // '';
    my $block = join '', map { pack 'v/a* v/a*', $_, short($vars{$_}) } sort keys %vars;
    die 'unable to spool job: its variables are at most ' . MOST_VARS_BYTES . " bytes: put what is large into body\n"
        if length $block > MOST_VARS_BYTES;
    my $folder = folder_of($boot, $vars{spooler});
    my $place  = place_of($folder, $vars{priority} // '');
    my $name   = new_name();
    my ($draft, $path) = ("$place/.$name", "$place/$name");
    my $data = pack('CvC', MODIFIER, length $block, 0) . $block . $body;
    my $file;
    my $is_written = sysopen($file, $draft, Fcntl::O_WRONLY() | Fcntl::O_CREAT() | Fcntl::O_EXCL(), 0600)
        && print({$file} $data)
        && close($file)
        && (!defined $vars{at} || utime(int $vars{at}, int $vars{at}, $draft))
        && rename $draft, $path;
    if (!$is_written) {
        my $reason = $!;
        unlink $draft;
        die "unable to spool job: $path can not be written: $reason\n";
    }
    print STDERR '[spooler] written ' . length($data) . " bytes to file $path\n" if !$boot->{spooler}{isQuiet};
    wake($boot, $folder);
    return $path;
}

sub bytes_of {
    my ($value) = @_;
    $value //= '';
    utf8::encode($value) if utf8::is_utf8($value);
    return $value;
}

sub short {
    my ($value) = @_;
    die "unable to spool job: a value is longer than 65535 bytes: put what is large into body\n"
        if length $value > MOST_VARS_BYTES;
    return $value;
}

sub new_name {
    my ($seconds, $micros) = Time::HiRes::gettimeofday();
    $counter += 1;
    my $chance = int rand 2**31;
    return "uwsgi_spoolfile_on_@{[ Sys::Hostname::hostname() ]}_${$}_${counter}_${chance}_${seconds}_$micros";
}

sub folder_of {
    my ($boot, $wanted) = @_;
    my @folders = map { $_->{path} } @{ $boot->{spooler}{folders} };
    die "unable to spool job: there is no folder for tasks; add 'spooler-external'\n" if !@folders;
    return $folders[0] if !defined $wanted;
    my $path = File::Spec->rel2abs($wanted, $boot->{chdir} // '.');
    my ($found) = $wanted =~ /^\d+\z/ ? $folders[$wanted] : grep { $_ eq $path } @folders;
    return $found // die "unable to spool job: $wanted is none of the folders @folders\n";
}

sub place_of {
    my ($folder, $priority) = @_;
    return $folder if $priority eq '';
    die "unable to spool job: the priority is a number from 0 to 999999, not '$priority'\n"
        if $priority !~ /^\d{1,6}\z/;
    File::Path::make_path("$folder/$priority");
    return "$folder/$priority";
}

# The processes of the folder look into it now. One that is not there looks when it starts.
sub wake {
    my ($boot, $folder) = @_;
    my ($run_folder) = $boot->{controlEndpoint} =~ m{^(.*)/};
    for my $companion (@{ $boot->{companions} }) {
        next if $companion->{role} ne 'spooler' || ($companion->{folder} // '') ne $folder;
        # Nobody reads there: it is between two processes.
        sysopen my $fifo, "$run_folder/spool-$companion->{number}", Fcntl::O_WRONLY() | Fcntl::O_NONBLOCK() or next;
        syswrite $fifo, 'w';
    }
}

1;
