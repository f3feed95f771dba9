# frozen_string_literal: true

# When a worker has had enough: `max-requests`, `reload-on-rss/-as`, `reload-on-exception*` (RecyclingSettings in
# engine/config/settings.ts). The worker says so with a flag on an answer; the master replaces it.

require_relative 'reeve_frames'

module Reeve
  # Asked at the end of each request; `active` is false as long as there is nothing to ask.
  class Recycling
    PAGE_BYTES = 4096
    private_constant :PAGE_BYTES

    attr_reader :active

    def initialize(boot)
      settings = boot['recycling']
      @at_once = boot['retirement'] == 'at-once'
      most = settings['maxRequests']
      @max_requests = most.zero? ? 0 : most + settings['maxRequestsDelta'] * (boot['wid'] - 1)
      @old_enough = now + settings['minLifetimeSeconds']
      @rss_bytes = settings['onRssBytes']
      @as_bytes = settings['onAsBytes']
      @on_exception = settings['onException']
      @types = settings['onExceptionTypes']
      @values = settings['onExceptionValues']
      @reprs = settings['onExceptionReprs']
      @served = 0
      @lock = Mutex.new
      @flags = 0
      @limits_memory = @rss_bytes.positive? || @as_bytes.positive?
      @active = @max_requests.positive? || @limits_memory
    end

    # Flags for the answer that is about to be sent.
    def end_flags
      @lock.synchronize do
        @served += 1
        if @flags.zero? && (reason = why)
          give_up(reason, @at_once)
        end
        @flags
      end
    end

    # The application raised: is it an exception that the configuration watches?
    def exception_raised(error)
      name = error.class.name.to_s
      text = Reeve.message_of(error)
      watched = @on_exception || @types.include?(name) || @values.include?(text) || @reprs.include?("#{name}: #{text}")
      return unless watched
      @lock.synchronize do
        @active = true
        # Whatever the exception broke: nothing more is served by this process.
        give_up("exception #{name}", true) if @flags != Frames::RETIRING
      end
    end

    private

    def why
      return nil if now < @old_enough
      if @max_requests.positive? && @served >= @max_requests
        return "max requests reached (#{@served} >= #{@max_requests})"
      end
      return nil unless @limits_memory
      resident, address_space = Recycling.memory
      return "memory limit reached (rss #{resident} >= #{@rss_bytes})" if @rss_bytes.positive? && resident >= @rss_bytes
      return nil unless @as_bytes.positive? && address_space >= @as_bytes
      "memory limit reached (address space #{address_space} >= #{@as_bytes})"
    end

    # Resident memory and address space of this process in bytes; zeros where the kernel does not say.
    def self.memory
      address_space, resident = File.read('/proc/self/statm').split
      [resident.to_i * PAGE_BYTES, address_space.to_i * PAGE_BYTES]
    rescue SystemCallError
      [0, 0]
    end

    def give_up(reason, at_once)
      @flags = at_once ? Frames::RETIRING : Frames::WORN
      Own.log("...The work of process #{Process.pid} is done (#{reason}). Seeya!\n")
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end
  end
end
