/**
 * Good files stay quiet: what is said about the configurations of real kinds of services (engine/goldens/ini, prod-*),
 * when all their files are there. Every line of this list can be defended; a new one needs a reason.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createConfigHost } from '../../config-host.ts';
import { checkText } from '../diagnostics.ts';

const GOLDENS = join(import.meta.dirname, '../../goldens/ini');
const ENV = { PORT: '8080', WEB_WORKERS: '4', WEB_THREADS: '2', STAGE: 'live', SENTRY_DSN: 'x' };
const FACTS = { maxBacklog: 4096, supervisor: null, isWorldWritable: () => false };

test.for([
  ['prod-cheaper-busyness', 'uwsgi.ini', ['15 error cheaper-memory-unseen']],
  [
    'prod-django-nginx',
    'uwsgi.ini',
    ['29 info harakiri-with-threads', '33 info memory-limit-unseen', '34 info mercy-below-harakiri'],
  ],
  ['prod-emperor', 'uwsgi.ini', []],
  [
    'prod-emperor-vassal',
    'vassals/blog.example.ini',
    [
      // 'site' and 'plugins-dir-hint' of the included file are used by nothing.
      '2 warning unknown-option',
      '2 warning unknown-option',
      '5 info buffer-size-small',
      '5 info no-vacuum',
      '6 info log-grows',
    ],
  ],
  ['prod-flask-docker', 'uwsgi.ini', []],
  ['prod-gevent', 'uwsgi.ini', ['6 info buffer-size-small', '9 info no-need-app']],
  ['prod-http-router-routes', 'uwsgi.ini', ['5 info buffer-size-small']],
  ['prod-logging', 'uwsgi.ini', []],
  ['prod-req-logger', 'uwsgi.ini', []],
  ['prod-spooler-cron-mules', 'uwsgi.ini', []],
  ['prod-static', 'uwsgi.ini', ['5 info static-serves-hidden']],
] as const)('%s', ([name, path, expected]) => {
  const cwd = join(GOLDENS, name);
  const host = createConfigHost({ cwd, env: ENV });
  const isHome = (file: string): boolean => file.startsWith(cwd) || !file.startsWith('/');
  const found = checkText(
    readFileSync(join(cwd, path), 'utf8'),
    path,
    // Outside of the recording everything is there.
    { ...host, cpus: 4, facts: FACTS, kindOf: (file) => (isHome(file) ? (host.kindOf(file) ?? 'file') : 'file') },
    { server: 'uwsgi', version: '2.0.21', options: null },
  );
  const said = found.filter(({ code }) => code !== 'not-supported');
  expect(said.map(({ line, severity, code }) => `${line} ${severity} ${code}`)).toEqual(expected);
});
