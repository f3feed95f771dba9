/**
 * Ruby: Rack applications. What they mean together: ../ruby-app.ts.
 */
import { resolvePath } from '../host.ts';
import { wholeNumber } from '../values.ts';
import { type OptionSection, take } from './section.ts';

export const rubyOptions: OptionSection = {
  data: `
rack | path | works | | Ruby Rack application, a config.ru.
rails | path | no: Rails 3 and newer are Rack applications: name their config.ru with 'rack' | | Folder of an application of Rails 2 or older; newer ones have a config.ru for 'rack'.
rb-lib | list | works | | Folder to look for Ruby libraries in.
rb-require | list | works | | Ruby file or library to load before the application.
shared-rb-require | list | works | | Ruby file or library to load before the fork, before those of 'rb-require'.
rbthreads | flag | none: 'threads' are Ruby's own threads | | Runs the requests of 'threads' in Ruby threads.
rb-threads | flag | none: 'threads' are Ruby's own threads | | As 'rbthreads', by another name.
rbthread | flag | none: 'threads' are Ruby's own threads | | As 'rbthreads', in the singular.
rb-thread | flag | none: 'threads' are Ruby's own threads | | As 'rb-threads', in the singular.
fiber | flag | no: give the worker 'threads' | | Runs the requests of 'async' in Ruby fibers.
ruby-gc-freq | int | works | 0 | Collects Ruby's garbage after this many requests. | unit=requests
gemset | string | no: start the engine in RVM's environment ('rvm use', or 'rvm VERSION do') | | Set of gems, of RVM, to use.
rvm-path | path | no: start the engine in RVM's environment ('rvm use', or 'rvm VERSION do') | | Folder in which RVM is installed.
rbshell | string | no: run irb, or the console of the framework | | Starts an interactive Ruby shell in the server.
rbshell-oneshot | string | no: run irb, or the console of the framework | | As 'rbshell', and ends with the shell.
`,
  readers: {
    rack: (draft, value, origin) =>
      take(value, (path) => (draft.ruby.rack = { file: resolvePath(draft.folder, path), origin })),
    'rb-lib': (draft, value) => take(value, (path) => draft.ruby.libs.push(resolvePath(draft.folder, path))),
    'rb-require': (draft, value) => take(value, (name) => draft.ruby.requires.push(name)),
    'shared-rb-require': (draft, value) => take(value, (name) => draft.ruby.sharedRequires.push(name)),
    'ruby-gc-freq': (draft, value) => {
      const requests = wholeNumber(value);
      if (requests === null) return 'needs a whole number of requests; 0 leaves it to Ruby.';
      draft.ruby.gcFrequency = requests;
      return null;
    },
  },
};
