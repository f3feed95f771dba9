# frozen_string_literal: true

# What the functions of the module UWSGI share: this process's part in the instance, the connection to the master, and
# the request that each thread serves.

require_relative 'reeve_commons'

module Reeve
  # Of this process. It changes when the zygote's fork becomes a worker.
  module State
    class << self
      attr_reader :boot, :control

      # The process is what its boot record says from here on.
      def enter(boot, control)
        @boot = boot
        @control = control
        Commons.install(boot['commons'], boot['token'])
        UWSGI.describe(boot)
      end

      # Number of the worker; 0 in every other process, as in uWSGI.
      def wid
        boot['role'] == 'worker' ? boot['wid'] : 0
      end

      # The exchange of the request that this thread serves.
      def exchange(function)
        found = Thread.current.thread_variable_get(:reeve_exchange)
        return found if found&.env
        raise "UWSGI.#{function} can only be called by the thread that serves a request"
      end

      # A function that the application has defined in the module UWSGI; one that fails changes nothing.
      def run_hook(name)
        UWSGI.public_send(name) if UWSGI.respond_to?(name)
      rescue StandardError => error
        Own.log(Reeve.report_of(error))
      end
    end
  end
end
