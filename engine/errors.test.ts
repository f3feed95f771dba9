import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bindError, ENGINE_ERRORS, EngineError, formatEngineError } from './errors.ts';
import { ENGINE_VERSION } from './version.ts';

const engine = new URL('./', import.meta.url);

describe('operator errors', () => {
  it('are exactly those that are thrown somewhere', () => {
    const sources = readdirSync(engine, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(new URL(name, engine), 'utf8'));
    const thrown = new Set(
      sources.flatMap((text) => [...text.matchAll(/new EngineError\(\s*'([a-z-]+)'/g)].map((m) => m[1])),
    );
    expect([...thrown].sort((a, b) => String(a).localeCompare(String(b)))).toEqual(
      Object.keys(ENGINE_ERRORS).sort((a, b) => a.localeCompare(b)),
    );
  });

  it('say where, what and what to do', () => {
    const error = bindError('EADDRINUSE', 'listen EADDRINUSE', '127.0.0.1:80', { file: 'app.ini', line: 3 });
    expect(error).toBeInstanceOf(EngineError);
    expect(formatEngineError(error)).toMatch(/^app\.ini:3: The address 127\.0\.0\.1:80 is in use\. Stop the program/);
    expect(bindError('EACCES', '', ':80', null).code).toBe('address-not-permitted');
    expect(bindError('ENOENT', 'no such folder', '/x/y', null).code).toBe('address-not-available');
    expect(bindError('EACCES', '', '/no/such/folder/app.sock', null).message).toContain('no folder /no/such/folder');
    expect(bindError('EACCES', '', '/app.sock', null).code).toBe('address-not-permitted');
  });
});

describe('the version', () => {
  it('is that of the package', () => {
    const text = readFileSync(new URL('../package.json', engine), 'utf8');
    expect(ENGINE_VERSION).toBe(`reeve-${/"version": "([^"]+)"/.exec(text)?.[1]}`);
  });
});
