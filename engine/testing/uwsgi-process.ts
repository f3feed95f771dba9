/** A real uWSGI with its Python plugin, to compare the engine with. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from './engine-process.ts';

/** Why there is none to compare with; null: it is here. */
export function whyNoUwsgi(plugin = 'python3'): string | null {
  try {
    execFileSync('uwsgi', ['--plugins', plugin, '--version'], { stdio: 'ignore' });
    return null;
  } catch {
    return `uWSGI with its plugin ${plugin} is not installed`;
  }
}

/** It runs in a folder of its own until `dispose`. */
export class UwsgiProcess {
  readonly folder: string;
  log = '';
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  private constructor(folder: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.#child = spawn('uwsgi', [...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.log += chunk.toString('latin1');
      });
    }
    this.#exited = once(this.#child, 'exit');
  }

  /** Starts it with these arguments beside `--master` and waits until its last worker is there. */
  static async start(
    args: readonly string[],
    files: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string>> = {},
  ): Promise<UwsgiProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-uwsgi-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const uwsgi = new UwsgiProcess(folder, ['--master', '--die-on-term', ...args], env);
    try {
      await waitFor("uWSGI's workers", () => /spawned uWSGI worker \d+ \(/.test(uwsgi.log));
      return uwsgi;
    } catch (error) {
      await uwsgi.dispose();
      throw new Error(uwsgi.log, { cause: error });
    }
  }

  async dispose(): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill('SIGINT');
    await this.#exited;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
