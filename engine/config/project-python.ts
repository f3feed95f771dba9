/**
 * Applications in Python that a folder without a configuration file has: told by manage.py, and by the lines of modules
 * that make an application, as frameworks have their users write them. Nothing is imported. Pure.
 */
import type { FoundApplication, ProjectFiles } from './project-applications.ts';

type Kind = 'wsgi' | 'asgi';

interface Maker {
  /** As it stands before the bracket of the call. */
  name: string;
  kind: Kind;
  title: string;
}

const MAKERS: readonly Maker[] = [
  { name: 'falcon.asgi.App', kind: 'asgi', title: 'a Falcon application by ASGI' },
  { name: 'falcon.App', kind: 'wsgi', title: 'a Falcon application' },
  { name: 'falcon.API', kind: 'wsgi', title: 'a Falcon application' },
  { name: 'bottle.default_app', kind: 'wsgi', title: 'a Bottle application' },
  { name: 'default_app', kind: 'wsgi', title: 'a Bottle application' },
  { name: 'Bottle', kind: 'wsgi', title: 'a Bottle application' },
  { name: 'Flask', kind: 'wsgi', title: 'a Flask application' },
  { name: 'get_wsgi_application', kind: 'wsgi', title: 'a Django project' },
  { name: 'make_wsgi_app', kind: 'wsgi', title: 'a Pyramid application' },
  { name: 'get_asgi_application', kind: 'asgi', title: 'a Django project by ASGI' },
  { name: 'FastAPI', kind: 'asgi', title: 'a FastAPI application' },
  { name: 'Starlette', kind: 'asgi', title: 'a Starlette application' },
  { name: 'Quart', kind: 'asgi', title: 'a Quart application' },
  { name: 'Litestar', kind: 'asgi', title: 'a Litestar application' },
  { name: 'Sanic', kind: 'asgi', title: 'a Sanic application' },
];

/** Modules that are looked at first, in this order; of two that hold the same kind, the first one is meant. */
const USUAL = ['wsgi', 'asgi', 'app', 'application', 'main', 'server', 'run'];
/** Their own modules are no applications. */
const ASIDE = /^(tests?|docs|migrations|setup|conftest|noxfile|tasks|venv|env|site-packages)$|^test_|_test$/;
const PRESETS: Readonly<Record<Kind, string>> = { wsgi: 'laptop', asgi: 'asgi-laptop' };

/** True for modules whose text has to be read. */
export function isPythonCandidate(name: string): boolean {
  const match = /^(?:([A-Za-z_]\w*)\/)?([A-Za-z_]\w*)\.py$/.exec(name);
  if (match === null) return false;
  const [, folder, file = ''] = match;
  if (ASIDE.test(file) || (folder !== undefined && ASIDE.test(folder))) return false;
  // Within a package only the usual ones, and the package itself.
  return folder === undefined || file === '__init__' || USUAL.includes(file);
}

/** The best application of each kind and folder, those of the folder itself first. */
export function findPython({ names, texts }: ProjectFiles): FoundApplication[] {
  const found = names
    .filter((name) => isPythonCandidate(name))
    .toSorted((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b))
    .flatMap((file) => {
      const application = applicationIn(file, texts.get(file) ?? '');
      return application === null ? [] : [{ file, ...application }];
    });
  // A Django project and its like have all of it in the package that manage.py names.
  const project = /['"]DJANGO_SETTINGS_MODULE['"]\s*,\s*['"](\w+)\./.exec(texts.get('manage.py') ?? '')?.[1];
  const own = found.filter(({ file }) => project !== undefined && file.startsWith(`${project}/`));
  const considered = own.length > 0 ? own : found;
  const venv = names.find((name) => /^[\w.-]+\/pyvenv\.cfg$/.test(name))?.split('/')[0];
  const chosen = considered.filter(
    ({ kind, file }, index) =>
      considered.findIndex((other) => other.kind === kind && folderOf(other.file) === folderOf(file)) === index,
  );
  return chosen.map(({ file, module, kind, title }) => ({
    title,
    file,
    preset: PRESETS[kind],
    answers: { module },
    folders: venv === undefined ? {} : { venv },
  }));
}

function applicationIn(file: string, text: string): { module: string; kind: Kind; title: string } | null {
  const module = file
    .replace(/\.py$/, '')
    .replace(/\/__init__$/, '')
    .replaceAll('/', '.');
  for (const { name, kind, title } of MAKERS) {
    const made = new RegExp(`^(\\w+)(?:\\s*:[^=\\n]+)?\\s*=\\s*(?:\\w+\\.)*${name.replaceAll('.', '\\.')}\\(`, 'm');
    const callable = made.exec(text)?.[1];
    if (callable !== undefined) return { module: `${module}:${callable}`, kind, title };
  }
  const asgi = /^async def (\w+)\(\s*scope\b[^,]*,\s*receive\b[^,]*,\s*send\b/m.exec(text)?.[1];
  if (asgi !== undefined) return { module: `${module}:${asgi}`, kind: 'asgi', title: 'an ASGI application' };
  const wsgi = /^def (\w+)\(\s*(?:env|environ)\b[^,]*,\s*(?:start_response|start|sr|respond)\b/m.exec(text)?.[1];
  if (wsgi !== undefined) return { module: `${module}:${wsgi}`, kind: 'wsgi', title: 'a WSGI application' };
  const factory = /^def ((?:create|make)_app)\(/m.exec(text)?.[1];
  if (factory !== undefined && /\bFlask\(/.test(text)) {
    return { module: `${module}:${factory}()`, kind: 'wsgi', title: 'a Flask application' };
  }
  // wsgi.py and asgi.py are for servers: what they take from elsewhere, or make by a call of their own, is it.
  const kind = /(?:^|\/)(wsgi|asgi)\.py$/.exec(file)?.[1];
  const given = /^(?:from\s.+\bimport\b.*\b(application|app)\s*$|(application|app)\s*=)/m.exec(text);
  const callable = given?.[1] ?? given?.[2];
  if (callable === undefined || (kind !== 'wsgi' && kind !== 'asgi')) return null;
  return { module: `${module}:${callable}`, kind, title: `a ${kind.toUpperCase()} application` };
}

function rankOf(file: string): number {
  const parts = file.replace(/\.py$/, '').split('/');
  const usual = USUAL.indexOf(parts.at(-1) ?? '');
  return (parts.length - 1) * 100 + (usual === -1 ? USUAL.length : usual);
}

function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
}
