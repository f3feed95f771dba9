# Entry of every Perl process of the engine: the zygote, and workers that are started fresh.
#
# Reads one JSON line (RuntimeBoot in engine/master/control.ts) from standard input, connects to the master's control
# socket, loads the PSGI application (Reeve/App.pm) and then forks workers on request (Reeve/Zygote.pm) or serves
# (Reeve/Worker.pm). What applications see as the package `uwsgi` is Reeve/Uwsgi.pm.
# Perl 5.16 or newer, core modules only; Plack loads the application where it is installed.

use strict;
use warnings;

my $own_folder;

BEGIN {
    ($own_folder) = __FILE__ =~ m{^(.*)/[^/]*$};
    unshift @INC, $own_folder;
}

use Reeve::App;
use Reeve::Control;
use Reeve::Hooks;
use Reeve::Process;
use Reeve::Uwsgi;
use Reeve::Warden;
use Reeve::Worker;
use Reeve::Zygote;

# Modules with these names are the application's business from here on.
@INC = grep { $_ ne $own_folder } @INC;

use constant LOAD_FAILED_EXIT_CODE => 22;    # uWSGI's code for an application that can not be loaded

main();

sub main {
    my $boot = Reeve::Control::decode(scalar <STDIN>);
    Reeve::Process::detach_stdin();
    STDOUT->autoflush(1);
    my $control = connect_to_master($boot);
    Reeve::Process::set_title($boot->{system}{titles}{zygote}) if $boot->{role} eq 'zygote';
    Reeve::Uwsgi::install($boot, $control);
    my $app = load_and_report($boot, $control);
    exit LOAD_FAILED_EXIT_CODE if !$app;
    if ($boot->{role} eq 'worker') {
        my $pair = Reeve::Warden::pair();
        Reeve::Warden::start_apart($pair, $boot);
        run_worker($boot, $control, $app, $pair);
    }
    my $become = sub {
        my ($own_boot, $pair) = @_;
        run_worker($own_boot, connect_to_master($own_boot), $app, $pair);
    };
    Reeve::Zygote::run($boot, $control, $become);
}

sub connect_to_master {
    my ($boot) = @_;
    my $control = Reeve::Control->new($boot->{controlEndpoint});
    my %hello = map { $_ => $boot->{$_} } qw(role token generation spawnId);
    $control->send({ type => 'hello', pid => $$ + 0, %hello });
    Reeve::Process::end_with_master($boot->{controlEndpoint}, $boot->{token});
    return $control;
}

# Loads the application and tells the master. False: it can not serve, which the master has been told.
sub load_and_report {
    my ($boot, $control) = @_;
    my $enter = sub {
        my ($folder, $option) = @_;
        return 1 if !defined $folder || chdir $folder;
        my $text = "the folder of '$option' can not be entered: $!";
        $control->send({ type => 'load-failed', text => Reeve::Control::text($text) });
        return 0;
    };
    return if !$enter->($boot->{chdir}, 'chdir');
    Reeve::App::prepare($boot->{app});
    Reeve::Hooks::run($boot, $control, 'pre-app');
    my $app = Reeve::App::load($boot->{app});
    if ($app->{failure} && $boot->{needApps} > 0) {
        $control->send({ type => 'load-failed', text => Reeve::Control::text($app->{failure}) });
        return;
    }
    Reeve::Hooks::run($boot, $control, 'post-app');
    return if !$enter->($boot->{system}{chdir2}, 'chdir2');
    my %shown = (id => 0, modifier1 => 5, mountpoint => '', startupSeconds => $app->{seconds}, chdir => '');
    my $runtime = sprintf 'Perl %vd', $^V;
    $control->send({ type => 'loaded', apps => $app->{failure} ? [] : [ \%shown ], runtime => $runtime });
    return $app;
}

# Serves until the master says otherwise; does not return.
sub run_worker {
    my ($boot, $control, $app, $pair) = @_;
    Reeve::Uwsgi::enter_worker($boot, $control);
    if (defined(my $title = $boot->{system}{titles}{worker})) {
        $title =~ s/\{number\}/$boot->{wid}/;
        Reeve::Process::set_title($title);
    }
    Reeve::Hooks::bind_to_cpus($boot);
    Reeve::App::after_fork($boot->{app});
    Reeve::Uwsgi::run_postfork();
    Reeve::Hooks::run($boot, $control, 'post-fork');
    Reeve::Hooks::accepting($boot, $control);
    Reeve::Worker->new($boot, $control, $app, $pair)->run();
}
