/**
 * The commands of `reeve` as data: names, flags and help. Parsing (parse-command.ts), help (help.ts) and the check
 * for mistyped names all read this table; what a command does is in `<name>-command.ts`.
 */

export interface Flag {
  name: string;
  /** Placeholder of its value; null: a switch. */
  value: string | null;
  /** `f` for -f. */
  short?: string;
  help: string;
}

export interface Command {
  name: string;
  /** After `reeve `. */
  usage: string;
  summary: string;
  flags: readonly Flag[];
  /** Names of the positional arguments it must have. */
  positionals: readonly string[];
  /** One more positional argument, which may be left out. */
  optional?: string;
  /** The last positional argument may be given more than once. */
  repeats?: boolean;
  /** Further paragraphs of its help. */
  details: readonly string[];
}

const TARGET_HELP =
  'TARGET is the stats address of a uWSGI or Reeve master: host:port (127.0.0.1:1717), the path of a unix socket ' +
  '(/run/app.stats), an abstract socket (@name) or http://host:port when stats-http is on. On another machine: ' +
  'ssh://user@host:port/run/app.stats, ssh://alias/127.0.0.1:1717, ssh://alias/@name; hosts are those of ssh.';

export const COMMANDS: readonly Command[] = [
  {
    name: 'engine',
    usage: 'engine [any uWSGI arguments or configuration files]',
    summary: 'Run the bundled application server, as `uwsgi` would be run.',
    flags: [],
    positionals: [],
    details: [
      'Everything after `engine` goes to the engine unchanged: `reeve engine uwsgi.ini`, ' +
        '`reeve engine --http-socket :8080 --wsgi-file app.py --master --processes 4`.',
      'It runs applications in Python (wsgi-file, module, asgi), Ruby (rack), Perl (psgi), PHP (php-docroot), ' +
        'JavaScript (js-app) and CGI scripts (cgi), with the interpreter on PATH.',
      'An option that the engine does not support ends the start with an error that names it. Exit codes: 0 stopped, ' +
        '1 could not start (a port in use), 22 no application could be loaded and need-app is set, 78 bad configuration.',
    ],
  },
  {
    name: 'serve',
    usage: 'serve [--host H] [--port P] [--no-open]',
    summary: 'Run the console without a window and show it in a browser.',
    flags: [
      {
        name: 'host',
        value: 'H',
        help: 'address to listen on; 127.0.0.1 unless given. Another one lets other machines in',
      },
      { name: 'port', value: 'P', help: 'port that must be free; without it the usual one, or any free one' },
      { name: 'no-open', value: null, help: 'print the link only, start no browser' },
    ],
    positionals: [],
    details: [
      'Prints a link that works once and gives that browser a session. After each use a fresh link is printed. ' +
        'Where Reeve runs already, `reeve serve` prints a link to it and ends.',
      'Settings are in ~/.local/share/reeve (macOS: ~/Library/Application Support/Reeve, Windows: %APPDATA%\\Reeve); ' +
        'the environment variable REEVE_DATA names another folder.',
    ],
  },
  {
    name: 'init',
    usage: 'init [FOLDER] [--app FILE] [--preset ID] [--name FILE] [--write]',
    summary: 'Make the configuration file of a folder that has an application and none yet.',
    flags: [
      { name: 'app', value: 'FILE', help: 'which one is meant where there are several: the file that it was found by' },
      { name: 'preset', value: 'ID', help: 'instead of the one for development: flask-nginx, ruby-nginx, systemd …' },
      { name: 'name', value: 'FILE', help: 'of the file; app.ini unless given' },
      { name: 'write', value: null, help: 'write the file; without it it is printed only' },
    ],
    positionals: [],
    optional: 'FOLDER',
    details: [
      'Looks in FOLDER (this one unless given) and one folder below for an application: Django, Flask and other WSGI or ' +
        'ASGI modules, config.ru, app.psgi or a script of Mojolicious, index.php, a JavaScript file that exports a ' +
        'handler, cgi-bin. Runs nothing, and never writes over a file.',
      'The file is for this machine: HTTP on a free port of 127.0.0.1, one process, a reload when something is saved. ' +
        '--preset takes one of the presets of the console instead. Exit codes: 0 printed or written, 1 no application, ' +
        'several, or a file that is there already.',
    ],
  },
  {
    name: 'check',
    usage: 'check FILE... [--json] [--target T]   or   reeve check --effective ARGUMENTS',
    summary: 'Check configuration files as the engine or a uWSGI would read them.',
    flags: [
      { name: 'json', value: null, help: 'print one JSON array instead of lines' },
      {
        name: 'target',
        value: 'T',
        help: 'whose start is meant: engine (unless given), uwsgi, or a release: uwsgi-2.0.21',
      },
    ],
    positionals: ['FILE'],
    repeats: true,
    details: [
      'Prints one line per finding, FILE:LINE:COLUMN: SEVERITY: MESSAGE [CODE], and runs nothing. FILE is .ini, .yml, ' +
        '.json or .xml; - is an INI file from the standard input. The codes are explained in resources/docs/diagnostics.md. ' +
        'Exit codes: 0 no errors (there may be warnings), 78 errors, 1 a file cannot be read.',
      'JSON: [{"file", "line", "column", "endColumn", "severity": "error" | "warning" | "info", "code", "option", ' +
        '"message", "why", "fix": {"title", "edits": [{"from", "to", "text"}]} | null, "related": [{"file", "line", ' +
        '"message"}]}]. Lines and columns count from 1 and are null for the file as a whole; the places of edits are ' +
        '{"line", "column"} with columns from 0. Keys may be added, never changed.',
      '`reeve check --effective ARGUMENTS` prints what `uwsgi --show-config ARGUMENTS` prints, byte for byte, and starts ' +
        'nothing: every option of every source in order, with its value. ARGUMENTS are those of the `uwsgi` program: ' +
        '`reeve check --effective app.ini`, `reeve check --effective --ini app.ini:live --set port=8080 -p 4`. ' +
        "The list goes to the standard output, uWSGI's messages to the standard error output; exit codes as uWSGI's: " +
        '0 accepted, 1 refused.',
    ],
  },
  {
    name: 'rehearse',
    usage: 'rehearse FILE [--json] [--timeout S]',
    summary: 'Try a configuration file out on the engine, beside what runs.',
    flags: [
      { name: 'json', value: null, help: 'print one JSON object instead of lines' },
      { name: 'timeout', value: 'S', help: 'seconds for the application to load; 60 unless given' },
    ],
    positionals: ['FILE'],
    details: [
      'Runs the file in a scratch folder with its sockets, FIFO, pidfile and log moved aside, loads the application, asks ' +
        'for GET / once, stops it and removes the folder. Nothing of a server that runs from the same file is touched; ' +
        'commands, hooks, daemons, tasks, crons, mules, alarms, uid and gid are left out. The application itself is really loaded, as this user.',
      'Exit codes: 0 it would start, 78 the configuration is wrong, 1 it would not start.',
    ],
  },
  {
    name: 'stats',
    usage: 'stats TARGET [--json]',
    summary: 'Read the statistics of a running server once.',
    flags: [{ name: 'json', value: null, help: 'print one JSON object instead of a table' }],
    positionals: ['TARGET'],
    details: [
      TARGET_HELP,
      'JSON: {"address", "version", "masterPid", "cwd", "listenQueue", "listenQueueMax", "listenQueueErrors", "load", ' +
        '"requests", "exceptions", "harakiri", "txBytes", "rssBytes", "workers": [{"id", "pid", "status", "accepting", ' +
        '"requests", "avgRtMs", "rssBytes", "vszBytes", "exceptions", "harakiri", "respawns", "txBytes", "spawnedAt", ' +
        '"cores", "busyCores"}], "vassals": null | [{"id", "state", "cause", "pid", "respawns", "configPath"}]}. The ' +
        'address of an emperor (emperor-stats) gives its vassals. Times in milliseconds, memory in bytes, spawnedAt in seconds since 1970; ' +
        'null is a value that the server does not report. Keys may be added, never changed.',
    ],
  },
  {
    name: 'discover',
    usage: 'discover [ssh://HOST] [--json]',
    summary: 'List the servers that run here or on a host, and what keeps one from being watched.',
    flags: [{ name: 'json', value: null, help: 'print one JSON array instead of a list' }],
    positionals: [],
    optional: 'HOST',
    details: [
      'HOST is an alias of ssh, host, user@host or user@host:port. Only command lines, configuration files and /proc are ' +
        'read; nothing is connected to. Servers of other users show as much as this user may see.',
      'JSON: [{"machine", "pid", "role": "server" | "emperor" | "vassal", "emperorPid", "unit", "pidfile", "command", ' +
        '"user", "cwd", "configPath", "statsAddress", "masterFifo", "instanceId", "missing"}]. statsAddress is a TARGET ' +
        'of the other commands; missing says what to add where there is none. Keys may be added, never changed.',
    ],
  },
  {
    name: 'logs',
    usage: 'logs TARGET [-f] [-n N] [--source S] [--json] [--raw]',
    summary: 'Print the newest lines of the log of a running server, and follow it.',
    flags: [
      { name: 'follow', short: 'f', value: null, help: 'print what comes, until Ctrl-C' },
      { name: 'lines', short: 'n', value: 'N', help: 'newest lines to begin with; 20 unless given' },
      {
        name: 'source',
        value: 'S',
        help: 'file:/path, journal:unit.service or docker:container, instead of what the configuration names',
      },
      { name: 'json', value: null, help: 'print each line as a JSON object' },
      { name: 'raw', value: null, help: 'with secrets; that it was asked for goes on the record of actions' },
    ],
    positionals: ['TARGET'],
    details: [
      TARGET_HELP,
      "The log is found in the server's configuration (logto, daemonize, logger, req-logger), or where its standard " +
        'error goes: a file, the journal of its unit, its container. A rotated file and a broken connection lose and ' +
        'repeat no line; where something was left out, a line says so. Control sequences are taken out; values of queries, cookies, passwords and tokens are ' +
        'hidden.',
      'JSON: {"seq", "atMs", "text", "hasSecrets", "level": "info" | "warning" | "error" | "request" | "note", "pid", "wid", "request": ' +
        '{"method", "uri", "status", "tookMs", "sizeBytes", "client"} | null}. A note is said by Reeve. null is what the ' +
        'line does not say. Keys may be added, never changed.',
    ],
  },
  {
    name: 'reload',
    usage: 'reload TARGET [--method M] [--sudo] [--json] [--confirm NAME]',
    summary: 'Reload a running server gracefully and wait for the proof that it worked.',
    flags: [
      {
        name: 'method',
        value: 'M',
        help: 'instead of the proposed one: fifo-graceful, fifo-chain, fifo-workers, fifo-force, touch, touch-chain, touch-workers, emperor-touch, systemd, signal',
      },
      { name: 'sudo', value: null, help: 'act through sudo -n' },
      { name: 'json', value: null, help: 'print the whole record as one JSON object instead of the verdict' },
      { name: 'confirm', value: 'NAME', help: 'the name of the instance, which a read-only one has to be given' },
    ],
    positionals: ['TARGET'],
    details: [
      TARGET_HELP,
      'Proposes the method from the configuration of the master (its FIFO, its touch file, or a signal), checks first, ' +
        'then follows every worker until it is a new one. Progress goes to the standard error output, the verdict to ' +
        'the standard output. Exit codes: 0 every worker is new, 1 anything else.',
    ],
  },
  {
    name: 'help',
    usage: 'help [COMMAND]',
    summary: 'Show this list, or one command.',
    flags: [],
    positionals: [],
    details: [],
  },
];

export function findCommand(name: string): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}
