# frozen_string_literal: true

# The module UWSGI as applications see it: functions about the server and the present request. Those about what all
# processes share are in reeve_uwsgi_shared.rb, those about signals in reeve_uwsgi_signals.rb, and what the engine can not
# do for Ruby in reeve_uwsgi_refused.rb. Results and exceptions are uWSGI's own.

require 'socket'
require_relative 'reeve_handlers'
require_relative 'reeve_process'
require_relative 'reeve_recycling'
require_relative 'reeve_state'

# What uWSGI offers to the application.
module UWSGI
  VERSION = 'reeve-0.1.0'
  HOSTNAME = Socket.gethostname.freeze
  SPOOL_OK = -2
  SPOOL_RETRY = -1
  SPOOL_IGNORE = 0

  class << self
    # Sets the constants that depend on the configuration.
    def describe(boot)
      { NUMPROC: boot['processes'], OPT: merged(boot['options']) }.each do |name, value|
        remove_const(name) if const_defined?(name, false)
        const_set(name, value)
      end
    end

    # Writes a line to the log.
    def log(message)
      $stderr.write("#{string(message).chomp}\n")
      nil
    end

    # Number of this worker, from 1; 0 while the application is loaded before the workers are forked.
    def worker_id
      Reeve::State.wid
    end

    # Process id of the master.
    def masterpid
      Reeve::State.boot['masterPid']
    end

    # Number of the present request in this worker, from 1.
    def request_id
      exchange = Thread.current.thread_variable_get(:reeve_exchange)
      exchange.nil? ? 0 : exchange.served + (exchange.env ? 1 : 0)
    end

    # Resident memory and address space of this process, in bytes.
    def mem
      Reeve::Recycling.memory
    end

    # Bytes in the log file; 0 when the log is no file.
    def logsize
      stat = $stderr.stat
      stat.file? ? stat.size : 0
    end

    # Gives this process another name in `ps`.
    def setprocname(name)
      Reeve::Own.title = string(name)
      nil
    end

    # Ends the worker when the present request still runs after so many seconds; 0: never.
    def set_user_harakiri(seconds)
      Reeve::State.exchange('set_user_harakiri').deadline = Integer(seconds).clamp(0, 0x7fff_ffff)
      nil
    end

    # Makes the request's connection a websocket. The gateway has looked at the key already.
    def websocket_handshake(_key = nil, _origin = nil, protocol = nil)
      Reeve::State.exchange('websocket_handshake').open_websocket(protocol.nil? ? '' : string(protocol))
      nil
    end

    # The next message.
    def websocket_recv
      websocket('receive').receive(true)
    end

    # The next message, or '' when none has come.
    def websocket_recv_nb
      websocket('receive').receive(false)
    end

    # Sends a text.
    def websocket_send(message)
      websocket('send').send_message(string(message), Reeve::Frames::TEXT)
      nil
    end

    # Sends bytes.
    def websocket_send_binary(message)
      websocket('send').send_message(string(message), Reeve::Frames::BINARY)
      nil
    end

    # Raises an alarm of the configuration (`alarm = NAME ...`) with this text.
    def alarm(name, text)
      Reeve::State.control.send(type: 'alarm', name: string(name), text: string(text))
      nil
    end

    # No mule runs Ruby.
    def mule_id
      0
    end

    def i_am_the_spooler
      false
    end

    def i_am_the_lord(_legion)
      false
    end

    private

    def websocket(what)
      Thread.current.thread_variable_get(:reeve_exchange)&.websocket || raise("unable to #{what} websocket message")
    end

    # Repeated options become arrays.
    def merged(pairs)
      pairs.each_with_object({}) do |(key, value), found|
        found[key] = found.key?(key) ? [*found[key], value] : value
      end
    end

    def string(value)
      return value if value.is_a?(String)
      raise TypeError, "wrong argument type #{value.class} (expected String)"
    end
  end
end

require_relative 'reeve_uwsgi_refused'
require_relative 'reeve_uwsgi_shared'
require_relative 'reeve_uwsgi_signals'
