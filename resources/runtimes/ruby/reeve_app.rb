# frozen_string_literal: true

# Loads the Rack application: the folders and libraries of the configuration, the bundle, then config.ru by Rack::Builder,
# which comes with the application.

module Reeve
  # `app` is what answers requests; `seconds` is how long it took to load.
  class Application
    attr_reader :app, :seconds, :failure

    def initialize(setting)
      @setting = setting
      started = Process.clock_gettime(Process::CLOCK_MONOTONIC)
      @app = load
      @seconds = Process.clock_gettime(Process::CLOCK_MONOTONIC) - started
    rescue SystemExit, ScriptError, StandardError, NoMemoryError, SystemStackError => error
      # Whatever it is, the log has to say it, and the version that serves goes on.
      Own.log(Reeve.report_of(error))
      @failure = "#{error.class}: #{Reeve.message_of(error)}"
    end

    private

    def load
      @setting['libs'].reverse_each { |folder| $LOAD_PATH.unshift(folder) unless $LOAD_PATH.include?(folder) }
      enter_bundle
      (@setting['sharedRequires'] + @setting['requires']).each do |name|
        require(File.file?(name) ? File.expand_path(name) : name)
      end
      require_rack
      file = @setting['file']
      # Rack would look for it among the libraries, and not find it.
      raise ArgumentError, "#{file} is no config.ru: 'rack' takes files that end in .ru or .rb" if other_file?(file)
      # Rack 2 gives the options of its first line as well.
      parsed = Rack::Builder.parse_file(file)
      app = parsed.is_a?(Array) ? parsed.first : parsed
      raise TypeError, "#{file} gives #{app.class}, which has no method 'call'" unless app.respond_to?(:call)
      app
    end

    def require_rack
      require 'rack'
    rescue LoadError => error
      raise unless error.path == 'rack'
      bundle = ENV['BUNDLE_GEMFILE']
      todo = bundle ? "add it to #{bundle}" : "install it with 'gem install rack' (Debian: ruby-rack)"
      raise LoadError, "the gem rack is not there for Ruby #{RUBY_VERSION}: #{todo}", cause: nil
    end

    def other_file?(file)
      File.file?(file) && !%w[.ru .rb].include?(File.extname(file))
    end

    # The versions of gems must be decided before the first of them is loaded. A bundle that nobody has named, of which
    # something is not installed, is left alone: uWSGI would not look at it.
    def enter_bundle
      named = ENV['BUNDLE_GEMFILE']
      gemfile = named || File.join(File.dirname(@setting['file']), 'Gemfile')
      return unless File.file?(gemfile)
      ENV['BUNDLE_GEMFILE'] = gemfile
      require 'bundler'
      Bundler.setup
    rescue LoadError, StandardError => error
      raise if named
      ENV.delete('BUNDLE_GEMFILE')
      warn "the bundle of #{gemfile} is not used: #{error.message}"
    end
  end

  OWN_FRAME = %r{/reeve_[a-z_]+\.rb:\d+:}.freeze
  private_constant :OWN_FRAME

  # An exception as Ruby shows it, without the frames of the runtime.
  def self.report_of(error)
    cause = error
    until cause.nil?
      cause.set_backtrace(cause.backtrace.grep_v(OWN_FRAME)) if cause.backtrace
      cause = cause.cause
    end
    # What the runtime itself has refused has no place in the application.
    return "#{error.message} (#{error.class})\n".b if error.backtrace&.empty?
    error.full_message(highlight: false, order: :top).b.sub(/\n?\z/, "\n")
  rescue StandardError
    # The exception's own message fails, or it is frozen.
    [error.class.name, *error.backtrace].join("\n\tfrom ").b << "\n"
  end

  # An exception says by itself what it is, which may fail, too.
  def self.message_of(error)
    error.message.to_s
  rescue StandardError
    ''
  end
end
