# frozen_string_literal: true

# Entry of every Ruby process of the engine: the zygote, and workers that are started fresh.
#
# Reads one JSON line (RuntimeBoot in engine/master/control.ts) from standard input, connects to the master's control
# socket, loads the Rack application (reeve_app.rb) and then forks the workers on request (reeve_zygote.rb) or serves
# (reeve_serve.rb). What applications see as the module UWSGI is reeve_uwsgi.rb. Ruby 2.7 or newer, and of its library
# nothing that is a gem before the application is loaded: its bundle may name another version.

require 'socket'
require_relative 'reeve_app'
require_relative 'reeve_control'
require_relative 'reeve_hooks'
require_relative 'reeve_json'
require_relative 'reeve_process'
require_relative 'reeve_serve'
require_relative 'reeve_signals'
require_relative 'reeve_uwsgi'
require_relative 'reeve_zygote'

module Reeve
  LOAD_FAILED_EXIT_CODE = 22 # uWSGI's code for an application that can not be loaded

  # Runs the process; does not return.
  def self.main
    boot = Json.parse($stdin.gets)
    Own.detach_stdin
    [$stdout, $stderr].each { |stream| stream.sync = true }
    # Without a locale Ruby would read sources and files as ASCII.
    Encoding.default_external = Encoding::UTF_8 if Encoding.default_external == Encoding::US_ASCII
    control = Control.new(boot['controlEndpoint'])
    say_hello(control, boot)
    Own.end_with_master(boot['controlEndpoint'], boot['token'])
    title = boot['system']['titles']['zygote']
    Own.title = title if title && boot['role'] == 'zygote'
    State.enter(boot, control)
    app = load_and_report(boot, control)
    exit!(LOAD_FAILED_EXIT_CODE) if app.nil?
    run_worker(boot, control, app) if boot['role'] == 'worker'
    Zygote.new(boot, control) { |own_boot| become(own_boot, app) }.run
  end

  # In a fork of the zygote.
  def self.become(boot, app)
    control = Control.new(boot['controlEndpoint'])
    say_hello(control, boot)
    Own.end_with_master(boot['controlEndpoint'], boot['token'])
    run_worker(boot, control, app)
  end

  # The first message on every connection to the master.
  def self.say_hello(control, boot)
    control.send(type: 'hello', pid: Process.pid, **boot.slice('role', 'token', 'generation', 'spawnId').transform_keys(&:to_sym))
  end

  # Loads the application and tells the master. nil: it can not serve, which the master has been told.
  def self.load_and_report(boot, control)
    return nil unless enter_folder(boot['chdir'], 'chdir', control)
    Hooks.run(boot, 'pre-app')
    loaded = Application.new(boot['app'])
    $stdout.flush
    if loaded.app.nil? && boot['needApps'].positive?
      control.send(type: 'load-failed', text: loaded.failure)
      return nil
    end
    Hooks.run(boot, 'post-app')
    return nil unless enter_folder(boot['system']['chdir2'], 'chdir2', control)
    apps = loaded.app ? [{ id: 0, modifier1: 7, mountpoint: '', startupSeconds: loaded.seconds, chdir: '' }] : []
    control.send(type: 'loaded', apps: apps, runtime: "Ruby #{RUBY_VERSION}")
    loaded.app || method(:no_app)
  end

  # Answers while there is no application, which `need-app` would not have allowed.
  def self.no_app(_env)
    raise 'no ruby application found, check your startup logs for errors'
  end

  # false: it can not be entered, and the master has been told.
  def self.enter_folder(path, option, control)
    Dir.chdir(path) unless path.nil? || path.empty?
    true
  rescue SystemCallError => error
    control.send(type: 'load-failed', text: "the folder of '#{option}' can not be entered: #{error.message}")
    false
  end

  # Serves until the master says otherwise; does not return.
  def self.run_worker(boot, control, app)
    # The version of the application's bundle, when it has one.
    require 'stringio'
    Thread.current.name = "uWSGIWorker#{boot['wid']}Core0"
    State.enter(boot, control)
    Signals.install(control)
    title = boot['system']['titles']['worker']
    Own.title = title.sub('{number}', boot['wid'].to_s) if title
    State.run_hook(:post_fork_hook)
    Hooks.run(boot, 'post-fork')
    Hooks.accepting(boot)
    Worker.new(boot, app, control).run
  end
end

Reeve.main
