/**
 * Ruby: Rack applications.
 */
import type { OptionSection } from './section.ts';

export const rubyOptions: OptionSection = {
  data: `
rack | path | no | | Ruby Rack application, a config.ru.
rails | path | no | | Folder of an application of Rails 2 or older; newer ones have a config.ru for 'rack'.
rb-lib | list | no | | Folder to look for Ruby libraries in.
rb-require | list | no | | Ruby file or library to load before the application.
shared-rb-require | list | no | | Ruby file or library to load before the fork, before those of 'rb-require'.
rbthreads | flag | no | | Runs the requests of 'threads' in Ruby threads.
rb-threads | flag | no | | As 'rbthreads', by another name.
rbthread | flag | no | | As 'rbthreads', in the singular.
rb-thread | flag | no | | As 'rb-threads', in the singular.
fiber | flag | no | | Runs the requests of 'async' in Ruby fibers.
ruby-gc-freq | int | no | | Collects Ruby's garbage after this many requests. | unit=requests
gemset | string | no | | Set of gems, of RVM, to use.
rvm-path | path | no | | Folder in which RVM is installed.
rbshell | string | no | | Starts an interactive Ruby shell in the server.
rbshell-oneshot | string | no | | As 'rbshell', and ends with the shell.
`,
  readers: {},
};
