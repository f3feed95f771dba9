/**
 * The contenders of the engine benchmark: the same hello application, two worker processes, on a port of the
 * loopback interface. The engine and uWSGI run the same INI file; gunicorn and puma have what their manuals
 * recommend for an application behind no proxy: threads and kept connections.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../fixtures/ports.ts';
import type { Program, Programs } from '../fixtures/program.ts';
import { until } from '../fixtures/until.ts';
import { PROJECT_ROOT } from '../tools/tree.ts';

export interface Contender {
  name: string;
  url: string;
  program: Program;
}

const WORKERS = 2;

const PYTHON_APP = `def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "13")])
    return [b"Hello, world\\n"]
`;
const RUBY_APP = `run lambda { |env|
  [200, { "Content-Type" => "text/plain", "Content-Length" => "13" }, ["Hello, world\\n"]]
}
`;

function iniFile(port: number): string {
  return `[uwsgi]
http = 127.0.0.1:${port}
http-keepalive = 75
wsgi-file = app.py
master = true
processes = ${WORKERS}
need-app = true
die-on-term = true
disable-logging = true
`;
}

/** Starts all four and waits until each answers. */
export async function startContenders(programs: Programs, parent: string): Promise<Contender[]> {
  const [engine = 0, uwsgi = 0, gunicorn = 0, puma = 0] = await freePorts(4);
  const folder = join(parent, 'servers');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'app.py'), PYTHON_APP);
  await writeFile(join(folder, 'config.ru'), RUBY_APP);
  await writeFile(join(folder, 'engine.ini'), iniFile(engine));
  await writeFile(join(folder, 'uwsgi.ini'), iniFile(uwsgi));
  const start = (name: string, port: number, command: string, args: string[]): Contender => ({
    name,
    url: `http://127.0.0.1:${port}/`,
    program: programs.start(command, args, { cwd: folder }),
  });
  const contenders = [
    start('Reeve engine', engine, process.execPath, [join(PROJECT_ROOT, 'engine', 'main.ts'), 'engine.ini']),
    start('uWSGI http', uwsgi, 'uwsgi', ['--plugins', 'python3,http', '--ini', 'uwsgi.ini']),
    start(
      'gunicorn gthread',
      gunicorn,
      'gunicorn',
      words(
        `--worker-class gthread --workers ${WORKERS} --threads 4 --keep-alive 75 --bind 127.0.0.1:${gunicorn} app:application`,
      ),
    ),
    start(
      'puma',
      puma,
      'puma',
      words(
        `--workers ${WORKERS} --threads 4:4 --environment production --preload --bind tcp://127.0.0.1:${puma} config.ru`,
      ),
    ),
  ];
  for (const contender of contenders) await answers(contender);
  return contenders;
}

function words(text: string): string[] {
  return text.split(' ');
}

async function answers({ name, url, program }: Contender): Promise<void> {
  await until(
    () => `${name} to answer at ${url}; its output was:\n${program.output()}`,
    async () => {
      try {
        return (await fetch(url)).ok;
      } catch {
        return false;
      }
    },
    20_000,
  );
}
