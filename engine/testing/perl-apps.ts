/** Perl applications of the process tests. */

/**
 * `/` the version, the worker number and the pid · `/sleep?s` waits · `/nap?NAME` makes NAME, then waits until NAME.go is
 * there · `/ran?NAME` adds a line to the file `ran` · `/die?TEXT` dies · `/spin` never ends · `/grow?MiB` keeps memory ·
 * `/commit` asks to be replaced · `/cleanup?NAME` naps after its answer · `/fork` leaves a process behind · `/forever`
 * writes until its client has gone.
 */
export const PERL_APP = `
use strict;
use warnings;
use Helper;

my @kept;

sub note { open my $file, '>>', $_[0] or die; syswrite $file, "$_[1]\\n" }
sub nap {
    my ($name) = @_;
    note($name, $$);
    select undef, undef, undef, 0.01 while !-e "$name.go";
}
note('loads', $$);

sub {
    my ($env) = @_;
    my ($path, $query) = @$env{qw(PATH_INFO QUERY_STRING)};
    if    ($path eq '/sleep') { sleep $query }
    elsif ($path eq '/nap')   { nap($query) }
    elsif ($path eq '/ran')   { note('ran', $query) }
    elsif ($path eq '/die')   { die "$query\\n" }
    elsif ($path eq '/die-object') { die bless {}, 'My::Error' }
    elsif ($path eq '/spin')  { note('stuck', $$); 1 while 1 }
    elsif ($path eq '/grow')  { push @kept, 'x' x ($query * 1024 * 1024) }
    elsif ($path eq '/commit') { $env->{'psgix.harakiri.commit'} = 1 }
    elsif ($path eq '/cleanup') {
        push @{ $env->{'psgix.cleanup.handlers'} }, sub { nap($query); note('cleaned', ref $_[0]) };
    }
    elsif ($path eq '/fork') {
        defined(my $pid = fork) or die;
        if ($pid == 0) { nap('child'); exit 0 }
    }
    elsif ($path eq '/forever') {
        return sub {
            my $writer = $_[0]->([ 200, [] ]);
            note('forever', 'began');
            eval { while (1) { $writer->write('x' x 1000); select undef, undef, undef, 0.01 } };
            note('forever', ref $@);
            die $@;
        };
    }
    return [ 200, [ 'Content-Type' => 'text/plain' ], [ "$Helper::VERSION " . uwsgi::worker_id() . " $$" ] ];
};
`;

export const PERL_HELPER = `package Helper;\nour $VERSION = 'one';\n1;\n`;
