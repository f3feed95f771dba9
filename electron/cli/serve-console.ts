/**
 * Runs the console without a window until it is told to stop: data folder and its lock, the core, the headless host,
 * the printed link. Both `reeve serve` and `npm start` end up here. A second start on the same data folder does not
 * run a second core: it prints a link to the one that runs.
 */
import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type Core, createCore } from '../core/core.ts';
import { makeFolder } from '../core/files/make-folder.ts';
import { hasDisplay, openInBrowser } from '../web/browser.ts';
import { dataFolderPath } from '../web/data-folder.ts';
import { type DataLock, LOCK_FILE, type LockOwner, type Taken, takeDataLock } from '../web/data-lock.ts';
import { endWithin } from '../web/end-within.ts';
import { ListenError } from '../web/listen.ts';
import { hasRenderer } from '../web/renderer-files.ts';
import { isLoopback } from '../web/request-guard.ts';
import { startWebHost, type WebHost } from '../web/web-host.ts';
import { createWebPorts } from '../web/web-ports.ts';
import type { Installation } from './installation.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

export interface ServeOptions {
  terminal: Terminal;
  installation: Installation;
  host: string;
  port: number | null;
  /** Open the link in a browser, where there is a display. */
  open: boolean;
  /** Resolves when the console is to end. */
  stopped: Promise<void>;
}

/** What ending may take; engines that still run after it are killed with the process groups they are in. */
const END_DEADLINE_MS = 1600;
const LINK_TIMEOUT_MS = 2000;

const linkSchema = z.object({ url: z.string() });

/** Resolves to the exit code once everything has ended. Throws CommandError when it cannot start. */
export async function serveConsole(options: ServeOptions): Promise<number> {
  const { terminal, installation } = options;
  if (!(await hasRenderer(installation.rendererFolder))) {
    throw new CommandError(
      'The pages of the console are not built.',
      'Run `npm run build` in the checkout, or `npm start`.',
    );
  }
  const dataFolder = await openDataFolder(terminal);
  const taken = takeLock(dataFolder);
  if (taken.status === 'held') return pointToOther(terminal, dataFolder, taken.owner);
  try {
    return await serveFolder(options, dataFolder, taken.lock);
  } finally {
    taken.lock.release();
  }
}

function takeLock(dataFolder: string): Taken {
  try {
    return takeDataLock(dataFolder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `The lock ${join(dataFolder, LOCK_FILE)} can not be used: ${reason}.`,
      'Check that the folder can be written and that no other program made this file; Reeve makes it anew when it is gone.',
      error,
    );
  }
}

async function serveFolder(options: ServeOptions, dataFolder: string, lock: DataLock): Promise<number> {
  const { terminal, installation } = options;
  const linkSecret = randomBytes(24).toString('base64url');
  let core: Core | null = null;
  // The port first: nothing is started when there is none. Nobody has a link before the core is there.
  const host = await startWebHost({
    connect: (transport) => (core === null ? transport.close() : void core.connect(transport)),
    rendererFolder: installation.rendererFolder,
    host: options.host,
    port: options.port,
    linkSecret,
    onLinkUsed: () => terminal.out(`That link is used up. For another browser: ${host.createLink()}`),
    onError: (error) => terminal.err(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  }).catch((error: unknown) => {
    if (error instanceof ListenError) throw new CommandError(error.message, error.hint, error);
    throw error;
  });
  try {
    core = await createCore(createWebPorts({ ...installation, dataFolder, env: terminal.env }), {
      onBrokenFile: (text) => terminal.err(`Warning: ${text}`),
    });
    lock.announce({ pid: process.pid, kind: 'web', url: host.url, linkSecret });
    await showLink(options, host);
    await options.stopped;
    return EXIT.done;
  } finally {
    await endWithin(END_DEADLINE_MS, endAll(host, core));
  }
}

async function endAll(host: WebHost, core: Core | null): Promise<void> {
  await Promise.all([host.close(), core?.dispose()]);
}

async function showLink({ terminal, installation, host, open }: ServeOptions, { createLink }: WebHost): Promise<void> {
  if (!isLoopback(host)) {
    terminal.err(
      `Warning: other machines can reach this console on ${host}, unencrypted. ` +
        'Whoever has a link can run programs as the user that started it.',
    );
  }
  const link = createLink();
  terminal.out(`Reeve ${installation.version} is at ${link}`);
  terminal.out('The link works once, in one browser. Ctrl-C ends Reeve and the servers it started.');
  if (open) await openLink(terminal, link);
}

async function openDataFolder(terminal: Terminal): Promise<string> {
  const home = terminal.env['HOME'] || homedir();
  const folder = dataFolderPath({ platform: process.platform, env: terminal.env, home }, terminal.cwd);
  try {
    await makeFolder(folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `The data folder ${folder} can not be made: ${reason}.`,
      'Set the environment variable REEVE_DATA to a folder that can be written.',
      error,
    );
  }
  return folder;
}

async function pointToOther(terminal: Terminal, dataFolder: string, owner: LockOwner | null): Promise<number> {
  const advice = 'For a second one beside it set the environment variable REEVE_DATA to another folder.';
  if (owner === null) {
    throw new CommandError(`Another Reeve is starting or ending on ${dataFolder}.`, `Try again in a moment. ${advice}`);
  }
  const link = owner.kind === 'web' ? await askForLink(owner) : null;
  if (link === null) {
    const where =
      owner.kind === 'window' ? 'Its window has everything; bring it to the front.' : `It is at ${owner.url}.`;
    throw new CommandError(`Reeve runs already (pid ${owner.pid}) on ${dataFolder}.`, `${where} ${advice}`);
  }
  terminal.out(`Reeve runs already (pid ${owner.pid}). It is at ${link}`);
  terminal.out(advice);
  return EXIT.done;
}

/** A fresh link from the Reeve that holds the data folder, or null when it does not answer. */
async function askForLink(owner: LockOwner): Promise<string | null> {
  if (owner.url === null || owner.linkSecret === null) return null;
  try {
    const answer = await fetch(new URL('/link', owner.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${owner.linkSecret}` },
      signal: AbortSignal.timeout(LINK_TIMEOUT_MS),
    });
    const link = linkSchema.safeParse(await answer.json());
    return link.success ? link.data.url : null;
  } catch (error) {
    // Not there, too slow or not ours: the caller says how else it is reached.
    if (error instanceof TypeError || error instanceof DOMException || error instanceof SyntaxError) return null;
    throw error;
  }
}

async function openLink(terminal: Terminal, link: string): Promise<void> {
  const browser = { platform: process.platform, env: terminal.env };
  if (!hasDisplay(browser)) return;
  try {
    await openInBrowser(link, browser);
  } catch (error) {
    terminal.err(`No browser was started: ${error instanceof Error ? error.message : String(error)}`);
  }
}
