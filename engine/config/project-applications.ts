/**
 * What a folder without a configuration file can serve: applications told by the names of their files and by a few
 * lines of them, each with the preset that runs it and the answers to its questions. Nothing is run. Pure; what
 * is made of it is project-file.ts.
 */
import { findPython, isPythonCandidate } from './project-python.ts';

/** Paths are from the folder, with `/`: its own files, and those one folder below. */
export interface ProjectFiles {
  names: readonly string[];
  /** Of those that `tellsByText` is true for. */
  texts: ReadonlyMap<string, string>;
}

export interface FoundApplication {
  /** `a Rack application`. */
  title: string;
  /** The file that tells. */
  file: string;
  /** Id of the preset that runs it. */
  preset: string;
  /** Answers to its questions. */
  answers: Readonly<Record<string, string>>;
  /** Answers that are folders within the folder; empty: the folder itself. */
  folders: Readonly<Record<string, string>>;
}

export interface FoundProject {
  applications: FoundApplication[];
  /** What looks like an application and can not be served as it is, in sentences. */
  remarks: string[];
}

/** For whom nothing was found. */
export const LOOKED_FOR = [
  'manage.py, wsgi.py, app.py or another Python module with a WSGI or ASGI application',
  'config.ru',
  'app.psgi, or a script of Mojolicious',
  'index.php, also in public',
  'server.js, app.mjs or another file that exports an application, also by package.json',
  'cgi-bin with .cgi, .pl, .py or .sh',
] as const;

const DOCROOTS = ['public', 'web', 'htdocs', 'www', 'html'];
const SCRIPTS = ['server', 'app', 'index', 'main', 'src/server', 'src/app', 'src/index', 'src/main'];
const USUAL_NAME =
  /^config\.ru$|^package\.json$|(?:^|\/)(?:manage|wsgi|asgi|app|application|main|server|run|index)\.\w+$/;
const SCRIPT_ENDINGS = ['mjs', 'js', 'cjs', 'mts', 'ts'];

/** True for files whose text tells whether they are an application. */
export function tellsByText(name: string): boolean {
  return (
    isPythonCandidate(name) ||
    name === 'config.ru' ||
    name === 'package.json' ||
    isMojoCandidate(name) ||
    /^(?:\w+\/)?[\w.-]+\.[cm]?[jt]s$/.test(name)
  );
}

/** The same names, those first that most applications have: of very many only some are read. */
export function usualFirst(names: readonly string[]): string[] {
  const usual = names.filter((name) => USUAL_NAME.test(name));
  return [...usual, ...names.filter((name) => !USUAL_NAME.test(name))];
}

export function findApplications(files: ProjectFiles): FoundProject {
  const javascript = findJavascript(files);
  return {
    applications: [
      ...findPython(files),
      ...findRuby(files),
      ...findPerl(files),
      ...findPhp(files),
      ...javascript.applications,
      ...findCgi(files),
    ],
    remarks: javascript.remarks,
  };
}

function findRuby({ names, texts }: ProjectFiles): FoundApplication[] {
  if (!names.includes('config.ru')) return [];
  const text = texts.get('config.ru') ?? '';
  const title = names.includes('config/application.rb')
    ? 'a Rails application'
    : /sinatra/i.test(text)
      ? 'a Sinatra application'
      : 'a Rack application';
  return [application(title, 'config.ru', 'ruby-laptop', { file: 'config.ru' })];
}

function isMojoCandidate(name: string): boolean {
  return /^script\/[\w-]+(\.pl)?$/.test(name) || /^[\w-]+\.pl$/.test(name);
}

function findPerl({ names, texts }: ProjectFiles): FoundApplication[] {
  const psgi = names
    .filter((name) => /^(?:bin\/)?[\w.-]+\.psgi$/.test(name))
    .toSorted(firstOf('app.psgi', 'bin/app.psgi'));
  const mojo = names.filter((name) => isMojoCandidate(name) && /\bMojo(licious)?\b/.test(texts.get(name) ?? ''));
  return [
    ...psgi.map((file) => application('a PSGI application', file, 'perl-laptop', { file })),
    ...mojo.map((file) => application('a Mojolicious application', file, 'perl-laptop', { file })),
  ];
}

function findPhp({ names }: ProjectFiles): FoundApplication[] {
  const docroot = DOCROOTS.find((folder) => names.includes(`${folder}/index.php`));
  if (docroot === undefined && !names.includes('index.php')) return [];
  const title = names.includes('artisan')
    ? 'a Laravel application'
    : names.includes('bin/console')
      ? 'a Symfony application'
      : names.includes('wp-load.php')
        ? 'WordPress'
        : 'a PHP site';
  const file = docroot === undefined ? 'index.php' : `${docroot}/index.php`;
  return [{ ...application(title, file, 'php-laptop', {}), folders: { docroot: docroot ?? '' } }];
}

function findJavascript({ names, texts }: ProjectFiles): FoundProject {
  const usual = SCRIPTS.flatMap((script) => SCRIPT_ENDINGS.map((ending) => `${script}.${ending}`));
  const candidates = [...new Set([...scriptsOf(texts.get('package.json') ?? ''), ...usual])];
  const remarks: string[] = [];
  for (const file of candidates) {
    const text = names.includes(file) ? (texts.get(file) ?? '') : '';
    if (
      /^\s*export\s+default\b|^\s*export\s*\{[^}]*\bas\s+default\b|\bmodule\.exports\s*=|\bexports\.default\s*=/m.test(
        text,
      )
    ) {
      if (isServer(text)) return { applications: [javascript(file, text)], remarks: [] };
    } else if (isServer(text) && /\.listen\(/.test(text)) {
      remarks.push(
        `${file} listens by itself. Let it export its application (export default app, or module.exports = app) and take its call of listen() out; then it can be served.`,
      );
    }
  }
  return { applications: [], remarks };
}

function javascript(file: string, text: string): FoundApplication {
  const framework = /(?:from\s+|require\(\s*)['"](express|koa|hono)['"]/.exec(text)?.[1];
  const title =
    framework === undefined
      ? 'a JavaScript application'
      : `${framework === 'express' ? 'an' : 'a'} ${framework.charAt(0).toUpperCase()}${framework.slice(1)} application`;
  return application(title, file, 'javascript-laptop', { file });
}

/** Files that package.json starts or gives to others. */
function scriptsOf(text: string): string[] {
  const start = /"(?:start|serve)"\s*:\s*"(?:[^"]*\s)?node\s+(?:-[^"\s]*\s+)*([\w./-]+)"/.exec(text)?.[1];
  const main = /"main"\s*:\s*"([\w./-]+)"/.exec(text)?.[1];
  return [start, main].flatMap((name) => {
    if (name === undefined) return [];
    const plain = name.replace(/^\.\//, '');
    return /\.[cm]?[jt]s$/.test(plain) ? [plain] : [`${plain}.js`];
  });
}

/** A library exports, too; a server has to do with requests. */
function isServer(text: string): boolean {
  return (
    /['"](?:node:)?https?['"]|['"](?:express|koa|hono)['"]|\bnew Response\b/.test(text) ||
    /\(\s*(?:req|request|_req)\s*(?::[^,)]+)?,\s*(?:res|response|_res)\b/.test(text)
  );
}

function findCgi({ names }: ProjectFiles): FoundApplication[] {
  const file = names.find((name) => /^cgi-bin\/[\w.-]+\.(cgi|pl|py|sh)$/.test(name));
  return file === undefined
    ? []
    : [{ ...application('CGI scripts', file, 'cgi-laptop', {}), folders: { scripts: 'cgi-bin' } }];
}

function application(
  title: string,
  file: string,
  preset: string,
  answers: Readonly<Record<string, string>>,
): FoundApplication {
  return { title, file, preset, answers, folders: {} };
}

/** These first, in their order. */
function firstOf(...first: readonly string[]): (a: string, b: string) => number {
  const rank = (name: string): number => (first.includes(name) ? first.indexOf(name) : first.length);
  return (a, b) => rank(a) - rank(b) || a.localeCompare(b);
}
