/** Notes about the configuration language; see option-notes.ts for their form. */
export const languageNotes = `
strict
  Without it uWSGI takes any unknown name for a placeholder, so that a slip such as 'proceses = 8' is silence and one
  worker. With it the start ends with 'unknown config directive'. Names of your own must then be set with
  'set-placeholder', and options of a plugin need their 'plugins' line above them. Put it first in every file.
show-config
  Prints every option in effect as the server took it, with placeholders filled in, and is the quickest answer to the
  question where a value comes from. Values of 'env' with passwords are printed too. 'reeve check --effective' prints
  the same and starts nothing.
ini
  On the command line it names the file to start with, FILE or FILE:SECTION; the section is [uwsgi] unless one is
  named. Within a file ':section' reads another section of the same file. A section that does not exist is only a
  warning in the log, and the server starts without it.
yaml
  The top key is the section, uwsgi, and a list gives an option several times. Quote what YAML would change: '010' of
  a mode, 'no', times such as 22:22. A plain uWSGI understands a small part of YAML unless it was built with a
  library.
json
  An object with the key uwsgi; arrays give an option several times, true and false are 1 and 0. There are no
  comments, so INI or YAML is the better choice for a file that people edit.
xml
  The element uwsgi holds one element for each option, and one without a text switches the option on. Builds without
  an XML library refuse such files.
include
  Reads another file at this place, so that later lines may overrule it. A relative path starts where the server was
  started, not at this file: write '%dcommon.ini' for a file beside it; %(name) is not filled in here. In the included
  file %n, %d and their kin are its own, and %N, %D those of the first file. A file that is not there ends the start.
inherit
  As 'include', except that the file is read after the others, so that its values come last. Use it for what the
  single file must not change, and 'include' at the top for defaults that it may.
set
  Sets an option or a placeholder, mostly from the command line: '--set port=8000'. With 'strict' a name that is no
  option must be set with 'set-placeholder'.
set-placeholder
  Names a value for %(name); a placeholder without a value stays in the text as it is. Its place does not matter, as
  values are filled in when all is read. Lines that act before that, such as 'include', 'if-exists' and 'if-env', see
  no placeholders at all: use %d, %n or $(NAME) there. Sums need blanks: %(base + 1).
declare-option
  Makes an option of your own out of others, with $1 for its value: 'declare-option =
  site=socket=/run/$1.sock;procname=$1', later 'site = shop'. Parts are separated by semicolons, so a value can not
  have one.
print
  Shows a text with its placeholders filled in when all was read: good for finding out what %(name) comes to. 'iprint'
  shows it while the file is read, before any placeholder is filled in.
for
  Repeats the lines below for each word of the value, with %(_) as the word, up to 'endfor'. Loops and 'if-' blocks
  can not stand in one another: uWSGI ends with 'recursive logic in options is not supported'. 'show-config' shows
  what came of a loop.
for-glob
  Repeats the lines for each path that fits, with %(_) as the path. When nothing fits, uWSGI takes the pattern itself
  as the one path, so an empty folder gives a line with a star in it; an 'if-exists' for the folder does not help
  against that.
for-times
  Repeats the lines so many times, with %(_) from 1 up. Use it for numbered things: 'attach-daemon = worker --number
  %(_)'.
for-readline
  Repeats the lines for each line of a file, with %(_) as that line. A file that can not be read counts as empty and
  nothing says so.
endfor
  Ends the loop that was begun above. When it is missing, uWSGI 2.0.21 crashes at the start, with a backtrace that
  names no line.
if-env
  The lines up to 'endif' count when the variable is set, even to nothing; 'NAME=value' compares. There is no else in
  2.0, and such a line is passed over in silence, so that both halves count: write a second block with 'if-not-env'.
  Blocks can not stand in one another.
if-not-env
  The other half of 'if-env', as there is no else. With '$(NAME)' in a value it gives a default: 'if-not-env = PORT',
  'set-placeholder = port=8000'.
if-opt
  Looks at options above this line only, so its place matters. 'NAME=value' compares the text as it was written.
if-exists
  Looks at the moment the file is read, before 'chdir' and 'chroot'. A relative path starts where the server was
  started. It is one way to an optional include: 'if-exists = %dlocal.ini', 'include = %dlocal.ini', 'endif ='.
if-file
  As 'if-exists', for a file and nothing else. For folders there is 'if-dir'.
if-reload
  The lines count after a reload of a running server and not at its first start, for steps such as a notice to
  somebody. 'if-not-reload' is for what must happen once, such as making a folder.
if-plugin
  The lines count when the plugin is loaded by a line above, by its own name: 'python' where the file is called
  python3. One file then suits builds with different plugins.
if-hostname
  The lines count on the machine of this name, as hostname prints it; 'if-hostname-match' takes an expression. In
  containers names are random: use 'if-env' there.
if-hostname-match
  An expression for the host name, not anchored: 'web' fits 'web1' and 'oldweb' too. Write '^web[0-9]+$' for exactly
  these.
endif
  Ends the 'if-' block. When it is missing, uWSGI 2.0.21 crashes at the start if the condition holds, and passes over
  all lines below if it does not.
inject-before
  Puts another file's text in front of each configuration file before it is read, as if both were one, sections
  included. It must be given before the file, on the command line. 'include' is plainer in almost every case.
fallback-config
  When the server ends with code 1, it starts again with this file, a page that says so for example. That hides a
  broken configuration from the service manager, so watch the log.
get
  'uwsgi --ini app.ini --get socket' prints one value and ends, for scripts that need the port or a path. Placeholders
  are filled in.
plugins
  Packages of distributions bring languages and routers as plugins; without its plugin every option of a language is
  unknown, and 'module' is passed over in silence. With 'strict' the line must stand above the options it brings.
  pip's uWSGI has Python built in and warns that the plugin is not there; the engine has its languages built in and
  takes the line as it is.
need-plugins
  As 'plugins', but the server does not start when one is missing. Prefer it wherever the file is for one kind of
  build.
plugins-dir
  Where files such as python3_plugin.so are, when that is not the folder the program was built with. It must stand
  above 'plugins'. Plugins must come from the same build as the program.
autoload
  Looks for a plugin that knows an unknown option, by loading one after the other. It is comfortable at the command
  line, slow and surprising in a file: name the 'plugins'.
`;
