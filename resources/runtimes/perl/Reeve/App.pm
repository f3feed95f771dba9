# The PSGI application of a process: how it is found and loaded (the setting is PerlApp in engine/config/perl-app.ts), and
# what dies in it. Loading follows uWSGI: `perl-local-lib`, @ARGV, `perl-exec`, then `psgi`, by Plack where it is installed.
package Reeve::App;

use strict;
use warnings;

use Cwd ();
use Time::HiRes ();

# Frames that are shown of a stack.
use constant MOST_FRAMES => 50;

# What died last and where: the value's text, and the frames behind it.
my ($last_error, $last_stack) = ('', '');

# `@INC`, `@ARGV` and PLACK_ENV as uWSGI has them.
sub prepare {
    my ($setting) = @_;
    for my $folder (@{ $setting->{localLibs} }) {
        # local::lib also sets what programs started from here need.
        if (eval { require local::lib; 1 }) { local::lib->import($folder) }
        else {
            require lib;
            lib->import("$folder/lib/perl5");
        }
    }
    @ARGV = @{ $setting->{args} };
    # Frameworks take anything else than `development` for production; uWSGI says its name.
    $ENV{PLACK_ENV} //= 'uwsgi';
    $SIG{__DIE__} = \&note_death if !$setting->{noDieCatch};
}

# Loads what is configured: { call, seconds, failure }. Why it fails goes to the log, too.
sub load {
    my ($setting) = @_;
    my $started = Time::HiRes::time();
    # A variable of its own in place of Perl's: naming it must not rename the process (Reeve/Process.pm has that one).
    *0 = \(my $name = $setting->{file});
    my $call = eval {
        run_file($_) for @{ $setting->{exec} };
        my $found = $setting->{noPlack} || !eval { require Plack::Util; 1 } ? run_file($setting->{file}) : with_plack($setting);
        die "$setting->{file} gives no application: its last expression must be a code reference\n" if !is_code($found);
        $found;
    };
    my $seconds = int(Time::HiRes::time() - $started + 0.5);
    return { call => $call, seconds => $seconds } if $call;
    my $text = report($@);
    # uWSGI goes on without an application, too.
    return { call => undef, seconds => $seconds, failure => $text };
}

sub with_plack {
    my ($setting) = @_;
    return Plack::Util::load_psgi($setting->{file});
}

# `perl-exec-post-fork`: a failure is logged and changes nothing.
sub after_fork {
    my ($setting) = @_;
    for my $file (@{ $setting->{execPostFork} }) {
        eval { run_file($file); 1 } or report($@);
    }
}

my $sandboxes = 0;

# Runs a file in a package of its own; gives the value of its last expression.
sub run_file {
    my ($file) = @_;
    my $path = Cwd::abs_path($file) // $file;
    open my $test, '<', $path or die "$file can not be read: $!\n";
    close $test;
    $sandboxes += 1;
    my ($found, $error) = run_in_sandbox($path, "Reeve::Sandbox$sandboxes");
    die $error if $error;
    return $found;
}

# The value, and why there is none.
sub run_in_sandbox {
    my ($path, $package) = @_;
    my ($found, $error);
    local $@;
    eval "package $package; \$found = do \$path; \$error = \$@; 1" or $error = $@;
    return ($found, $error);
}

sub is_code {
    my ($value) = @_;
    return 1 if ref $value eq 'CODE';
    return ref $value && eval { my $code = \&{$value}; 1 };
}

# The handler of `die`: remembers where it happened. What is caught by an eval is forgotten with the next one.
sub note_death {
    return if !defined $^S;    # Perl is parsing
    $last_error = as_text($_[0]);
    $last_stack = stack(1);
}

# Where the application stands, innermost call first, one a line.
sub stack {
    my ($level) = @_;
    my $text = '';
    my $shown = 0;
    while (my ($package, $file, $line) = caller $level) {
        # From here on it is the runtime that called.
        last if $package =~ /^Reeve::(?!Sandbox)/;
        $level += 1;
        my (undef, undef, $next_line, $sub) = caller $level;
        $sub //= 'main program';
        # Perl calls a handler of a signal in an eval of its own.
        next if $sub eq '(eval)' && $next_line == $line;
        $text .= "    $file line $line in $sub\n";
        $shown += 1;
        last if $shown >= MOST_FRAMES;
    }
    return $text;
}

# Writes to the log why the application died; gives it in one text.
sub report {
    my ($error) = @_;
    my $text = as_text($error);
    my $stack = $text eq $last_error ? $last_stack : '';
    $text .= "\n" if $text !~ /\n\z/;
    print STDERR "[uwsgi-perl error] $text$stack";
    return $text =~ s/\n\z//r;
}

# Objects say by themselves what they are, which may fail, too.
sub as_text {
    my ($error) = @_;
    my $text = eval { local $SIG{__DIE__}; "$error" };
    $text = 'an exception of ' . (ref $error || 'no class') if !defined $text;
    utf8::encode($text) if utf8::is_utf8($text);
    return $text;
}

1;
