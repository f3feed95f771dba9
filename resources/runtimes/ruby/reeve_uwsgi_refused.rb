# frozen_string_literal: true

# Functions of uWSGI's module that the engine can not serve for Ruby: they are there, and whoever calls one is told why
# and what to do.

# What is refused.
module UWSGI
  ASYNC = "the engine runs no fibers of uWSGI's: give the worker 'threads'"
  MULES = "mules run Python here: run the work beside the server with 'attach-daemon', or in a thread"
  SPOOLS = 'the spooler runs tasks in Python here: use a job queue of Ruby'
  REFUSED = {
    async_connect: ASYNC, async_sleep: ASYNC, suspend: ASYNC, wait_fd_read: ASYNC, wait_fd_write: ASYNC,
    mule_msg: MULES, mule_get_msg: MULES,
    spool: SPOOLS, send_to_spooler: SPOOLS,
    connection_fd: "the client's connection belongs to the gateway: use rack.hijack where the client asks for an upgrade",
    set_warning_message: 'pings are answered by the gateway, which has no warning to add'
  }.freeze
  private_constant :ASYNC, :MULES, :SPOOLS, :REFUSED

  class << self
    REFUSED.each do |name, reason|
      define_method(name) { |*_arguments| raise "UWSGI.#{name} is not possible here: #{reason}" }
    end
  end
end
