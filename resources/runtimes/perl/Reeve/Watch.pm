# `perl-auto-reload`: worker 1 looks at the files of all loaded modules and asks for a reload when one was modified. It looks
# between requests.
package Reeve::Watch;

use strict;
use warnings;

use Time::HiRes ();

sub new {
    my ($class, $boot) = @_;
    my $setting = $boot->{app};
    my $seconds = $boot->{wid} == 1 ? $setting->{autoReloadSeconds} : 0;
    my $self = bless { seconds => $seconds, next => now() + $seconds, seen => {}, file => $setting->{file} }, $class;
    $self->{ignored} = { map { $_ => 1 } @{ $setting->{autoReloadIgnore} } };
    $self->changed if $seconds;
    return $self;
}

# Until the next look; undef: there is none.
sub seconds_left {
    my ($self) = @_;
    return undef if !$self->{seconds};
    my $left = $self->{next} - now();
    return $left > 0 ? $left : 0;
}

sub is_due { return $_[0]{seconds} && now() >= $_[0]{next} }

sub look {
    my ($self, $control) = @_;
    $self->{next} = now() + $self->{seconds};
    my $path = $self->changed // return;
    print STDERR "[perl-auto-reloader] module/file $path has been modified\n";
    $control->send({ type => 'reload-requested' });
}

# The first file that was modified since the last look; undef: none was.
sub changed {
    my ($self) = @_;
    my $found;
    for my $name ($self->{file}, keys %INC) {
        my $path = $name eq $self->{file} ? $name : $INC{$name};
        next if !defined $path || ref $path || $self->{ignored}{$name} || $self->{ignored}{$path};
        my $modified = (Time::HiRes::stat($path))[9] // next;    # being written anew, or not a file at all
        $found = $path if ($self->{seen}{$path} //= $modified) != $modified;
        $self->{seen}{$path} = $modified;
    }
    return $found;
}

sub now { return Time::HiRes::clock_gettime(Time::HiRes::CLOCK_MONOTONIC()) }

1;
