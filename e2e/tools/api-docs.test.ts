import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { API_DOCS_PATH, readApi, renderApiDocs } from './api-docs.ts';
import { PROJECT_ROOT } from './tree.ts';

const api = readApi();

it('the page of what applications import is what the modules say (npm run docs writes it)', () => {
  expect(readFileSync(join(PROJECT_ROOT, API_DOCS_PATH), 'utf8') === renderApiDocs(api)).toBe(true);
});

it('has a line for every function, and every line says something', () => {
  const rows = [...api.topics.flatMap((topic) => topic.rows), ...api.refused, ...api.absent, ...api.decorators];
  expect(rows.filter(({ text }) => text === '')).toEqual([]);
  const names = rows.map(({ name }) => name.replace(/\(.*/, ''));
  for (const name of ['worker_id', 'cache_get', 'lock', 'spool', 'mule_msg', 'register_signal', 'rpc', 'metric_get']) {
    expect(names).toContain(name);
  }
  for (const name of ['postfork', 'spool', 'timer', 'cron', 'mulefunc', 'lock', 'thread', 'harakiri']) {
    expect(api.decorators.map((row) => row.name.replace(/\(.*/, ''))).toContain(name);
  }
  const ruby = api.ruby.map((row) => row.name.replace(/\(.*/, ''));
  expect(ruby).toEqual(expect.arrayContaining(['worker_id', 'cache_set', 'lock', 'register_signal', 'websocket_recv']));
  expect(ruby).not.toContain('string');
  expect(api.perl).toEqual(expect.arrayContaining(['worker_id', 'cache_set', 'spool', 'register_signal', 'postfork']));
});
