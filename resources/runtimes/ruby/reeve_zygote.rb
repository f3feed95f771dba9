# frozen_string_literal: true

# The zygote: holds the loaded application, forks the workers from it and tells the master how they ended.

require_relative 'reeve_process'

module Reeve
  # `become` is called in each fork, with the boot record of the process to be; it does not return.
  class Zygote
    def initialize(boot, control, &become)
      @boot = boot
      @control = control
      @become = become
      # Process id => spawn id.
      @children = {}
      @leaving = false
      @wakeup, @alarm = IO.pipe
    end

    # Forks and reaps until the master says `exit` and all children have ended; does not return.
    def run
      # Only now: the application may have set its own handler while it was loaded.
      @before = trap('CHLD') { @alarm.write_nonblock('.', exception: false) }
      # What has survived some collections is old: later ones in the workers leave it alone, and its pages stay shared.
      4.times { GC.start }
      until @leaving && @children.empty?
        ready, = IO.select([@control.sock, @wakeup])
        reap if ready.include?(@wakeup)
        obey if ready.include?(@control.sock)
      end
      exit!(0)
    end

    private

    def obey
      messages = @control.receive
      exit!(0) if messages.nil?
      messages.each do |message|
        case message['type']
        when 'fork' then fork_one(message)
        when 'exit' then @leaving = true
        when 'reopen-log' then Own.reopen_log(message['path'])
        end
      end
    end

    def fork_one(message)
      spawn_id = message['spawnId']
      [$stdout, $stderr].each(&:flush)
      pid = Process.fork
    rescue SystemCallError => error
      @control.send(type: 'fork-failed', spawnId: spawn_id, message: error.message)
    else
      leave_family(message) if pid.nil?
      @children[pid] = spawn_id
      @control.send(type: 'forked', spawnId: spawn_id, pid: pid)
    end

    def leave_family(message)
      trap('CHLD', @before || 'DEFAULT')
      [@wakeup, @alarm, @control.sock].each(&:close)
      keys = %w[role processes spawnId wid number isFirst]
      @become.call(@boot.merge(message.slice(*keys)))
    rescue SystemExit
      raise
    rescue Exception => error # rubocop:disable Lint/RescueException -- the fork must not become a second zygote
      Own.log(Reeve.report_of(error))
      exit!(1)
    end

    def reap
      @wakeup.read_nonblock(4096, exception: false)
      # By pid, so that processes the application started while it was loaded stay its own.
      @children.keys.each do |pid|
        status = ended(pid)
        next if status.nil?
        spawn_id = @children.delete(pid)
        @control.send(type: 'exited', spawnId: spawn_id, pid: pid, code: status.exitstatus, signal: status.termsig)
      end
    end

    def ended(pid)
      _, status = Process.wait2(pid, Process::WNOHANG)
      status
    rescue Errno::ECHILD
      # The application's own handler has waited for it: how it ended is not known.
      Struct.new(:exitstatus, :termsig).new(0, nil)
    end
  end
end
