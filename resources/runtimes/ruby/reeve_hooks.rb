# frozen_string_literal: true

# Hooks of the process that loads the application and of each worker (engine/config/hooks.ts says what they may be).
# A hook that fails ends the process: the start or the reload is given up, a worker is started again later.

module Reeve
  # Runs them.
  module Hooks
    # A shell beside the command reads from a pipe on which nothing is ever said: when the other end, this process, is
    # gone, it kills the command's process group.
    TIED = <<~SHELL
      exec 3<&0 </dev/null
      (trap '' 1 2 3 10 12 15; read _ <&3; kill -9 -$$) &
      exec 3<&-
      "$0" -c "$1"
      code=$?
      kill -9 $!
      exit $code
    SHELL
    private_constant :TIED

    # Runs the hooks of these moments, in this order.
    def self.run(boot, *phases)
      phases.each do |phase|
        boot['system']['hooks'].each do |hook_phase, action, argument, text|
          next unless hook_phase == phase
          warn %(running "#{text}" (#{phase.sub('-app', ' app')})...)
          reason = attempt(boot, action, argument)
          next if reason.nil?
          warn %(FATAL hook failed: "#{text}" (#{phase}) #{reason})
          [$stdout, $stderr].each(&:flush)
          exit!(1)
        end
      end
    end

    # The moments of a worker that is about to serve.
    def self.accepting(boot)
      first = boot['isFirst']
      run(boot, 'accepting', *(first ? ['accepting-once'] : []))
      run(boot, 'accepting1', *(first ? ['accepting1-once'] : [])) if boot['wid'] == 1
    end

    # nil: done. Otherwise why not.
    def self.attempt(boot, action, argument)
      return act(boot, action, argument) unless %w[exec safeexec].include?(action)
      code = execute(boot['system']['shell'], argument)
      return nil if code.zero?
      reason = code.positive? ? "exited with code #{code}" : "was killed by signal #{-code}"
      return reason if action == 'exec'
      warn %(command "#{argument}" #{reason})
      nil
    rescue SystemCallError => error
      error.message
    end

    # Waits for the command and gives its exit code, or its signal as a negative number. It ends with this process,
    # however that ends.
    def self.execute(shell, command)
      reading, writing = IO.pipe
      pid = Process.spawn(shell, '-c', TIED, shell, command, in: reading, pgroup: true)
      reading.close
      _, status = Process.wait2(pid)
      status.signaled? ? -status.termsig : status.exitstatus
    ensure
      writing&.close
    end

    def self.act(_boot, action, argument)
      name, _, rest = argument.partition(' ')
      case action
      when 'print', 'log' then warn argument
      when 'alarm' then UWSGI.alarm(name, rest)
      when 'exit'
        $stdout.flush
        exit!(argument.to_i)
      when 'putenv'
        key, _, value = argument.partition('=')
        ENV[key] = value
      when 'chdir', 'cd' then Dir.chdir(argument)
      when 'mkdir' then Dir.mkdir(argument)
      when 'unlink' then File.unlink(argument)
      when 'creat', 'create' then File.write(argument, '')
      when 'chmod' then File.chmod(rest.to_i(8), name)
      else
        text = action.end_with?('n') ? "#{rest}\n" : rest
        File.write(name, text, mode: action.start_with?('write') ? 'w' : 'a')
      end
      nil
    end
    private_class_method :attempt, :execute, :act
  end
end
