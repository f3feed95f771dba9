# frozen_string_literal: true

# What a Ruby process of the engine does to itself: standard streams, title, end with its master. What is Linux only is
# best effort: without it the engine works, `ps` is less telling and a runtime notices the end of its master by its
# control connection alone.

require_relative 'reeve_control'

module Reeve
  # About this process.
  module Own
    F_SETOWN = 8
    F_SETSIG = 10
    O_ASYNC = 0o20000
    SIGKILL = 9
    private_constant :F_SETOWN, :F_SETSIG, :O_ASYNC, :SIGKILL

    # The connection whose end is the end of the master.
    @lifeline = nil
    # Connections that children of the application's own have no part in.
    @connections = []

    # Standard input has carried the boot line; from here on it is empty, for the application too.
    def self.detach_stdin
      $stdin.reopen(File::NULL, 'r')
    end

    # Points standard output and error at the file anew (after it was rotated).
    def self.reopen_log(path)
      log = File.open(path, File::WRONLY | File::CREAT | File::APPEND, 0o640)
    rescue SystemCallError
      nil # this user may not open it: what is open goes on
    else
      [$stdout, $stderr].each(&:flush)
      [STDOUT, STDERR].each do |stream|
        stream.reopen(log)
        stream.sync = true
      end
      log.close
    end

    # To the log. The application may have closed `$stderr`, or put something else in its place.
    def self.log(text)
      $stderr.write(text)
    rescue StandardError
      nil # nobody listens
    end

    # Requests are this process's: a child that the application forks closes these, and they end with their owner.
    def self.keep(*socks)
      Process.singleton_class.prepend(Forking) if @connections.empty?
      @connections.concat(socks)
    end

    def self.let_go
      @connections.each(&:close)
      @connections.clear
    end

    # Every way to fork leads here, as of Ruby 3.1. With an older one the connections end with the last child.
    module Forking
      def _fork
        super.tap { |pid| Own.let_go if pid.zero? }
      end
    end

    # The process ends with the master whatever it is busy with, even in C code that never lets go of the interpreter.
    #
    # A connection on which nothing is ever said: when its other end is gone, the kernel sends SIGKILL (F_SETSIG of
    # fcntl(2), Linux only). A forked worker takes one of its own and lets go of the zygote's.
    def self.end_with_master(endpoint, token)
      return unless RUBY_PLATFORM.include?('linux')
      control = Control.new(endpoint)
      control.send(type: 'lifeline', token: token)
      @lifeline&.sock&.close
      @lifeline = control
      sock = control.sock
      sock.fcntl(F_SETOWN, Process.pid)
      sock.fcntl(F_SETSIG, SIGKILL)
      sock.fcntl(F_SETFL, sock.fcntl(F_GETFL, 0) | O_ASYNC)
      exit!(0) if IO.select([sock], nil, nil, 0) # it had ended before
    end

    # `ps` shows the title: its first 15 bytes as the command's name, and as the command line if it has room.
    def self.title=(title)
      Process.setproctitle(title)
      File.write('/proc/self/comm', title.byteslice(0, 15))
    rescue SystemCallError
      nil
    end
  end
end
