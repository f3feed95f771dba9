# frozen_string_literal: true

# The part of UWSGI about signals of its framework, and about the timers and file monitors that raise them. Handlers are
# this process's (reeve_handlers.rb); who handles what, timers and monitors are the master's
# (engine/master/signal-desk.ts).

# Signals.
module UWSGI
  class << self
    # Has the handler called in the target's process when the signal is raised.
    def register_signal(number, target, handler)
      number = signal_number(number)
      if Reeve::State.boot['role'] == 'zygote' && Reeve::Handlers.registered.key?(number)
        raise "unable to register signal #{number}: it is registered already"
      end
      Reeve::Handlers.registered[number] = handler
      Reeve::State.control.send(type: 'register-signal', number: number, target: string(target))
      true
    end

    # Raises a signal.
    def signal(number, node = nil)
      return raise_at(string(node), signal_number(number)) unless node.nil?
      tell('raise-signal', number)
    end

    # Waits for this signal, or for any, and runs its handler.
    def signal_wait(number = nil)
      handlers = Reeve::Handlers.current
      raise 'UWSGI.signal_wait can only be called in a worker' if handlers.nil?
      handlers.wait(number && signal_number(number))
      nil
    end

    # Number of the signal that signal_wait has ended with.
    def signal_received
      Reeve::Handlers.current&.received || 0
    end

    def signal_registered(number)
      Reeve::Handlers.registered.key?(signal_number(number))
    end

    # Raises the signal every so many seconds.
    def add_timer(number, seconds)
      tell('add-timer', number, kind: 'timer', seconds: [1, Integer(seconds)].max, iterations: 0)
    end

    # As add_timer, counted from the end of the last time.
    def add_rb_timer(number, seconds)
      tell('add-timer', number, kind: 'rbtimer', seconds: [1, Integer(seconds)].max, iterations: 0)
    end

    # Raises the signal at these times: -1 is any, -N every Nth, 7 is Sunday as well as 0.
    def add_cron(number, minute, hour, day, month, week)
      tell('add-cron', number, time: [minute, hour, day, month, week].map { |field| Integer(field) })
    end

    # Raises the signal when the file changes, or what is in the folder.
    def add_file_monitor(number, path)
      tell('add-file-monitor', number, path: File.expand_path(string(path)))
    end

    private

    # uWSGI keeps a signal in one byte.
    def signal_number(value)
      Integer(value) & 0xff
    end

    def tell(type, number, **fields)
      Reeve::State.control.send(type: type, number: signal_number(number), **fields)
      true
    end

    # uWSGI's packet with modifier 110; the number of the signal is in its second modifier.
    def raise_at(address, number)
      sock = Reeve.connect(address)
      sock.write([110, 0, 0, number].pack('C*'))
      answer = IO.select([sock], nil, nil, 4) && sock.recv(4)
      return true if answer && answer.getbyte(3) == 1
      raise "unable to deliver signal #{number} to node #{address}"
    ensure
      sock&.close
    end
  end
end
