# frozen_string_literal: true

# Handlers of uWSGI's signals (UWSGI.register_signal): what this process has registered, and their runs here. The master
# picks the process that handles a signal and tells it over the control connection. Handlers run in a thread of their
# own, made when it is first needed; in a worker that serves one request at a time never beside one.

module Reeve
  # Of a worker.
  class Handlers
    # Number => handler; forks have what the zygote had.
    @registered = {}
    # The Handlers of this process, once it is a worker.
    @current = nil

    class << self
      attr_reader :registered, :current

      # This process handles signals from here on; `turn`: a lock that requests hold as well.
      def use(control, who, turn)
        @current = new(control, who, turn)
      end
    end

    # Runs the block it is given, unless the process is about to end.
    attr_writer :around
    # The number of the signal that `wait` ended with.
    attr_reader :received

    def initialize(control, who, turn)
      @control = control
      @who = who
      @lock = turn
      @arrived = Queue.new
      @waiting = 0
      @received = 0
    end

    # The lock that a request takes while it runs; nil: there is no handler it could meet.
    def turn
      @lock unless Handlers.registered.empty?
    end

    # In the control thread: the master wants this signal handled here.
    def add(number)
      @arrived << number
      @thread ||= Thread.new { serve }.tap { |thread| thread.name = 'reeve-signals' }
    end

    # Waits for this signal, or for any, and handles what comes meanwhile.
    def wait(number = nil)
      @waiting += 1
      loop do
        found = @arrived.pop
        handle(found)
        @received = found
        return if number.nil? || found == number
      end
    ensure
      @waiting -= 1
    end

    private

    def serve
      loop do
        number = @arrived.pop
        if @waiting.positive?
          # Somebody waits for it.
          @arrived << number
          sleep(0.01)
        elsif @lock then @lock.synchronize { @around.call { handle(number) } }
        else @around.call { handle(number) }
        end
      end
    end

    def handle(number)
      @control.send(type: 'signal-begun', number: number)
      handler = Handlers.registered[number]
      raise 'no handler is registered for it here' if handler.nil?
      handler.call(number)
    rescue Exception => error # rubocop:disable Lint/RescueException -- `exit` in a handler must not end the worker
      Own.log(Reeve.report_of(error)) unless handler.nil?
      Own.log("error managing signal #{number} on #{@who}\n")
    ensure
      @control.send(type: 'signal-done', number: number)
    end
  end
end
