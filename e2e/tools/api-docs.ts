/**
 * The page of what applications can import: the Python module `uwsgi` with each function's own first line, asked from the
 * modules themselves, its decorators, the JavaScript module from its declarations, and the functions of Ruby and Perl
 * from their sources.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './tree.ts';

/** Where the page lies. */
export const API_DOCS_PATH = 'resources/docs/api.md';

interface Row {
  name: string;
  text: string;
}

export interface ApiDocsInput {
  topics: { title: string; rows: Row[] }[];
  refused: Row[];
  absent: Row[];
  decorators: Row[];
  declarations: string;
  ruby: Row[];
  perl: string[];
}

const RUNTIMES = join(PROJECT_ROOT, 'resources/runtimes');
/** Prints the input but for the declarations; the module `uwsgi` of the decorators needs a master's process id only. */
const ASK = `
import inspect, json, sys, types
sys.dont_write_bytecode = True
import reeve_uwsgi, reeve_uwsgi_refused

def row(name, value):
    try:
        signature = str(inspect.signature(value)).replace(', /', '') if inspect.isfunction(value) else ''
    except ValueError:
        signature = ''
    return {"name": name + signature, "text": (value.__doc__ or "").strip().split("\\n")[0]}

topics = [{"title": topic.__doc__.strip().split("\\n")[0], "rows": [row(one.__name__, one) for one in topic.FUNCTIONS]}
          for topic in reeve_uwsgi._TOPICS]
stub = sys.modules["uwsgi"] = types.ModuleType("uwsgi")
stub.masterpid = lambda: 1
import uwsgidecorators
decorators = [row(name, value) for name, value in vars(uwsgidecorators).items()
              if not name.startswith("_") and getattr(value, "__module__", "") == "uwsgidecorators"
              and (value.__doc__ or "").startswith("\`@")]
refused = [{"name": name, "text": text} for name, text in reeve_uwsgi_refused.REASONS.items()]
absent = [{"name": name, "text": text} for name, text in reeve_uwsgi_refused.ABSENT.items()]
print(json.dumps({"topics": topics, "refused": refused, "absent": absent, "decorators": decorators}))
`;

/** What the modules say of themselves; needs `python3`. */
export function readApi(): ApiDocsInput {
  const env = { ...process.env, PYTHONPATH: join(RUNTIMES, 'python') };
  const said: unknown = JSON.parse(execFileSync('python3', ['-c', ASK], { env, encoding: 'utf8' }));
  const declarations = readFileSync(join(RUNTIMES, 'node/uwsgi.d.ts'), 'utf8');
  return { ...parseSaid(said), declarations, ruby: rubyFunctions(), perl: perlFunctions() };
}

/** The public functions that have a comment, with its first line. */
function rubyFunctions(): Row[] {
  return ['reeve_uwsgi', 'reeve_uwsgi_shared', 'reeve_uwsgi_signals'].flatMap((file) => {
    const [open = ''] = readFileSync(join(RUNTIMES, `ruby/${file}.rb`), 'utf8').split('\n    private\n');
    const found = [...open.matchAll(/^ {4}# (.*)\n(?: {4}#.*\n)* {4}def (.+)$/gm)];
    return found.map(([, text = '', name = '']) => ({ name, text })).filter(({ name }) => !name.startsWith('describe'));
  });
}

function perlFunctions(): string[] {
  const source = readFileSync(join(RUNTIMES, 'perl/Reeve/Uwsgi.pm'), 'utf8');
  const [, table = ''] = /^my %FUNCTIONS = \(\n(.*?)^\);/ms.exec(source) ?? [];
  return [...table.matchAll(/^ {4}(\w+) +=> /gm)].map(([, name = '']) => name);
}

/** The page as Markdown. */
export function renderApiDocs({ topics, refused, absent, decorators, declarations, ruby, perl }: ApiDocsInput): string {
  const sections = topics.map(({ title, rows }) => `### ${heading(title)}\n\n${list(rows)}`);
  return `# What applications can import

<!-- Made from the modules themselves by \`npm run docs\`. -->

## Python: \`import uwsgi\`

In every worker, mule and spooler, and while the application is loaded. Names, arguments and results are those of uWSGI 2.0 in Python 3; text is taken wherever uWSGI asks for bytes. Attributes: \`opt\`, \`version\`, \`version_info\`, \`hostname\`, \`numproc\`, \`cores\`, \`has_threads\`, \`buffer_size\`, \`started_on\`, \`is_a_reload\`, \`env\` and \`start_response\` (of the present request), \`magic_table\`, \`sockets\` (empty), \`spoolers\`, \`SPOOL_OK\`, \`SPOOL_RETRY\`, \`SPOOL_IGNORE\`, \`queue_size\`. To be assigned: \`spooler\`, \`mule_msg_hook\`, \`post_fork_hook\`, \`atexit\`. What differs from uWSGI is in [differences.md](differences.md).

${sections.join('\n')}
### Refused

Each raises NotImplementedError with its reason.

${list(refused)}
### Missing

\`hasattr\` says that they are not there, which is how libraries choose.

${list(absent)}
## Python: \`import uwsgidecorators\`

${list(decorators)}
## JavaScript: \`import uwsgi from 'uwsgi'\`

With \`js-app\`; the declarations are \`resources/runtimes/node/uwsgi.d.ts\`. What asks the engine gives a promise.

\`\`\`ts
${declarations.trim()}
\`\`\`

## Ruby: \`UWSGI\`

With \`rack\`; the module is there without a \`require\`. Results and exceptions are those of uWSGI's plugin. Constants: \`OPT\`, \`NUMPROC\`, \`HOSTNAME\`, \`VERSION\`, \`SPOOL_OK\`, \`SPOOL_RETRY\`, \`SPOOL_IGNORE\`. \`cache_get!\` and its kin raise where their sisters give nil; \`metric_inc\`, \`_dec\`, \`_mul\` and \`_div\` take a name and an amount (1). Functions for mules, the spooler and fibers are there and raise with the reason.

${list(ruby)}
## Perl: \`uwsgi::\`

With \`psgi\`; the package is there without a \`use\`. Arguments and results are those of uWSGI's plugin: ${perl.map((name) => `\`${name}\``).join(', ')}, and the constant \`uwsgi::opt\`. \`rpc\` and \`call\` reach functions of the same process, \`spool\` puts a task into the folder of a spooler, which runs Python. Functions for websockets, shared areas and \`async_connect\` die with the reason.
`;
}

function heading(title: string): string {
  const rest = title.replace(/^(The part of )?`uwsgi` ((about|for) )?/, '').replace(/[:,;.].*$/, '');
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

function list(rows: readonly Row[]): string {
  return rows
    .map(({ name, text }) => `- \`${name.replace('(*_)', '()')}\`: ${text.replace(/ @raises.*$/, '')}\n`)
    .join('');
}

function parseSaid(said: unknown): Omit<ApiDocsInput, 'declarations' | 'ruby' | 'perl'> {
  const { topics, refused, absent, decorators } = record(said);
  return {
    topics: array(topics).map((topic) => ({
      title: text(record(topic)['title']),
      rows: rowsOf(record(topic)['rows']),
    })),
    refused: rowsOf(refused),
    absent: rowsOf(absent),
    decorators: rowsOf(decorators),
  };
}

function rowsOf(value: unknown): Row[] {
  return array(value).map((row) => ({ name: text(record(row)['name']), text: text(record(row)['text']) }));
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new TypeError('no object');
  return { ...value };
}

function array(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new TypeError('no list');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('no text');
  return value;
}
