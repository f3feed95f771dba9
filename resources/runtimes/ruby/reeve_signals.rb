# frozen_string_literal: true

# What the system's signals do to a worker, as far as the application has not set handlers of its own. SIGHUP has it
# replaced when its requests are answered, as in uWSGI; SIGUSR2 and SIGABRT write the stacks of all threads to the log,
# after SIGABRT (harakiri) the process ends. A stack can not be shown while C code of an extension does not let Ruby run.

module Reeve
  # Sets the handlers.
  module Signals
    # To be called in the main thread.
    def self.install(control)
      # Ruby's own handlers would raise in the midst of a request.
      %w[TERM QUIT ALRM].each { |name| handle(name, 'SYSTEM_DEFAULT') }
      trap('INT', 'IGNORE')
      handle('USR1') { nil }
      handle('TSTP') { nil }
      # In a thread of its own: the interrupted code may hold the lock of the connection.
      handle('HUP') { Thread.new { control.send(type: 'worn') } }
      handle('USR2') { write_stacks }
      handle('ABRT') do
        write_stacks
        trap('ABRT', 'SYSTEM_DEFAULT')
        Process.kill('ABRT', Process.pid)
      end
    end

    def self.handle(name, command = nil, &block)
      before = command ? trap(name, command) : trap(name, &block)
      # A handler of the application's is there to stay.
      trap(name, before) if before.is_a?(Proc)
    end

    def self.write_stacks
      text = String.new("*** backtrace of pid #{Process.pid} ***\n")
      Thread.list.each do |thread|
        next if thread.name&.start_with?('reeve-')
        text << "Thread #{thread.name || thread.inspect} (most recent call first):\n"
        frames = thread == Thread.main ? caller(2) : thread.backtrace
        (frames || []).each { |frame| text << "  #{frame}\n".b unless frame.match?(OWN_FRAME) }
      end
      STDERR.syswrite(text << "*** end of backtrace ***\n")
    end
    private_class_method :handle, :write_stacks
  end
end
