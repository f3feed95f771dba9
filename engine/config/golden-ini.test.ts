/**
 * Every configuration recorded from uWSGI 2.0.21 (engine/goldens/ini) resolves to the same list of options here, or
 * ends the start where it did there.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createConfigHost } from '../config-host.ts';
import { buildSettings } from './build-settings.ts';
import { ALL_READERS } from './formats/all-readers.ts';
import { magicValue } from './magic.ts';
import { resolveConfig } from './resolve.ts';
import { magicFileOf } from './sources.ts';

const GOLDENS = join(import.meta.dirname, '../goldens/ini');

/** Lines that plugins or options print while they are applied; they are not part of the language. */
const NOT_THE_LANGUAGE = /^(\[uwsgi-static\] |\[log-encoder\] )/;

const expectedSchema = z.object({
  options: z.array(z.tuple([z.string(), z.string()])).nullable(),
  exit: z.number(),
  stderrContains: z.array(z.string()),
});
const caseSchema = z.object({
  cwd: z.string().optional(),
  tokens: z.record(z.string(), z.string()).optional(),
  symlinks: z.record(z.string(), z.string()).optional(),
});

function readJson<Schema extends z.ZodType>(path: string, schema: Schema, fallback: unknown): z.output<Schema> {
  return schema.parse(existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : fallback);
}

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'reeve-ini-')));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** The case's folder in a place with as many path components as it was recorded in. */
function prepare(name: string): string {
  const folder = join(root, 'run', name);
  cpSync(join(GOLDENS, name), folder, { recursive: true });
  const { symlinks = {} } = readJson(join(folder, 'case.json'), caseSchema, {});
  for (const [link, target] of Object.entries(symlinks)) symlinkSync(target, join(folder, link));
  for (const file of ['argv.json', 'case.json', 'env.json', 'expected.json'])
    rmSync(join(folder, file), { force: true });
  return folder;
}

function hostOf(name: string, folder: string) {
  const { cwd = '.' } = readJson(join(GOLDENS, name, 'case.json'), caseSchema, {});
  const extra = readJson(join(GOLDENS, name, 'env.json'), z.record(z.string(), z.string()), {});
  const base = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', HOME: folder, TZ: 'UTC' };
  return createConfigHost({ cwd: join(folder, cwd), env: { ...base, ...extra }, readers: ALL_READERS });
}

/** The magic variable that a token of a recording stands for. */
const TOKEN_LETTERS = new Map(
  Object.entries({ HOST: 'h', CPUS: 'k', UID: 'u', USER: 'U', GID: 'g', GROUP: 'G', VERSION: 'V', BIN: 'b' }).concat(
    Object.entries({ EPOCH: 't', MICROS: 'T', INODE: 'i', DJB33X: 'j' }),
  ),
);

function resolveCase(name: string) {
  const folder = prepare(name);
  const live = hostOf(name, folder);
  const host = { ...live, nowMicros: () => 1_790_000_000_123_456 };
  const argv = readJson(join(GOLDENS, name, 'argv.json'), z.array(z.string()), ['uwsgi.ini']);
  const resolved = resolveConfig(
    argv.map((word) => word.replaceAll('{DIR}', folder)),
    host,
  );
  const { tokens = {} } = readJson(join(GOLDENS, name, 'case.json'), caseSchema, {});
  const hide = (key: string, value: string): string => {
    const letter = TOKEN_LETTERS.get((tokens[key] ?? '').split(':')[0] ?? '');
    const fact = letter === undefined ? null : magicValue(letter, magicFileOf('uwsgi.ini', null, host), null, host);
    const hidden = fact === null || fact === '' ? value : value.replace(fact, `{${tokens[key] ?? ''}}`);
    return hidden.replaceAll(folder, '{DIR}');
  };
  return { resolved, hide, folder };
}

const names = readdirSync(GOLDENS).sort();

describe('configurations recorded from uWSGI 2.0.21', () => {
  test.for(names)('%s gives the same options', (name) => {
    const expected = readJson(join(GOLDENS, name, 'expected.json'), expectedSchema, null);
    const { resolved, hide, folder } = resolveCase(name);
    if (expected.options === null) {
      expect(expected.exit).not.toBe(0);
      expect(resolved.ok).toBe(false);
      return;
    }
    if (!resolved.ok) throw new Error(resolved.errors.map((error) => error.message).join('\n'));
    expect(resolved.options.map(({ key, value }) => [key, hide(key, value)])).toEqual(expected.options);
    expect(resolved.notices.map((line) => line.replaceAll(folder, '{DIR}'))).toEqual(
      expected.stderrContains.filter((line) => !NOT_THE_LANGUAGE.test(line)),
    );
  });

  test.for(names)('%s is built into settings, or refused with places and next steps', (name) => {
    const { resolved } = resolveCase(name);
    if (!resolved.ok) return;
    const built = buildSettings(resolved);
    for (const error of built.ok ? [] : built.errors) {
      expect(error.message).toMatch(/^['A-Z].*[.]$/s);
      expect(error.code === 'no-listener' || error.origin.line > 0 || error.origin.file === 'command line').toBe(true);
      expect(error.hint === null && error.code !== 'bad-value').toBe(false);
    }
  });
});
