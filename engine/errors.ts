/**
 * The engine's operator errors: what can keep it from starting or from following a reload, beside a wrong
 * configuration (engine/config/errors.ts). Each has a stable code, the next step and the exit code of a start that
 * fails by it. They are shown without a stack; anything else that is thrown is a bug and is shown with one.
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatOrigin } from './config/errors.ts';
import type { Origin } from './config/settings.ts';

/** EX_CONFIG of sysexits.h. */
export const EXIT_BAD_CONFIG = 78;

export const ENGINE_ERRORS = {
  'address-in-use': {
    exitCode: 1,
    hint: 'Stop the program that has it (`ss -ltnp` shows which) or choose another address.',
  },
  'address-not-permitted': {
    exitCode: 1,
    hint: 'Ports below 1024 and folders of other users need more rights; choose another address or run as another user.',
  },
  'address-not-available': {
    exitCode: 1,
    hint: 'The host must be an address of this machine, and the folder of a unix socket must exist.',
  },
  'certificate-unusable': {
    exitCode: 1,
    hint: 'Certificates and keys are PEM files that the user who starts the engine can read.',
  },
  'limit-not-set': {
    exitCode: 1,
    hint: "Only root may raise it beyond the hard limit ('ulimit -Hn'); ask for less, or raise it where the engine is started.",
  },
  'no-interpreter': {
    exitCode: 1,
    hint: 'Install it, or add its folder to PATH where the engine is started.',
  },
  'not-on-windows': { exitCode: 78, hint: 'Run it on Linux, or on Windows in WSL.' },
  'no-virtualenv': { exitCode: 1, hint: "Make it with `python3 -m venv PATH`, or correct 'virtualenv'." },
  'php-path-unusable': {
    exitCode: 1,
    hint: 'Correct the path, or make it readable for the user that the engine runs as.',
  },
  'worker-accept-unavailable': { exitCode: 78, hint: "Leave 'worker-accept' out." },
  'too-many-cores': { exitCode: 78, hint: "Lower 'processes' or 'threads'." },
  'commons-not-made': {
    exitCode: 1,
    hint: 'Check the file and its folder, or leave the store out.',
  },
  'fifo-occupied': {
    exitCode: 1,
    hint: "Something else is at this path; remove it or name another path in 'master-fifo'.",
  },
  'fifo-in-use': { exitCode: 1, hint: "Another server reads this FIFO; give each its own 'master-fifo'." },
  'fifo-not-made': {
    exitCode: 1,
    hint: 'Check that its folder exists and can be written, and that the system has FIFOs.',
  },
  'pidfile-not-written': { exitCode: 1, hint: "Check that the folder of 'pidfile' exists and can be written." },
  'log-not-opened': { exitCode: 1, hint: 'Check that its folder exists and can be written.' },
  'run-folder-not-made': {
    exitCode: 1,
    hint: 'Make room there, or name a folder that can be written in the environment variable TMPDIR.',
  },
  'spool-folder-not-made': {
    exitCode: 1,
    hint: 'Check that the folder it is in exists and can be written, or make it beforehand.',
  },
  'no-such-user': { exitCode: 1, hint: "Correct 'uid' or 'chown-socket', or add the user to the system." },
  'no-such-group': {
    exitCode: 1,
    hint: "Correct 'gid', 'add-gid' or 'chown-socket', or add the group to the system.",
  },
  'identity-not-taken': { exitCode: 1, hint: "Start the engine as root, or leave 'uid', 'gid' and 'add-gid' out." },
  'program-not-readable': {
    exitCode: 1,
    hint: 'Put Reeve where every user can read it, below /opt for example, or let this user enter its folder.',
  },
  'emperor-not-root': { exitCode: 1, hint: "Start it as root, without 'uid', or leave 'emperor-tyrant' out." },
  'hook-failed': {
    exitCode: 1,
    hint: 'Correct the hook; its output stands above. A command that may fail is `safeexec`.',
  },
  'not-in-background': {
    exitCode: 1,
    hint: "Leave 'daemonize' out and start the engine with a service manager, or with `&` in a shell.",
  },
} as const satisfies Record<string, { exitCode: number; hint: string }>;

export type EngineErrorCode = keyof typeof ENGINE_ERRORS;

export class EngineError extends Error {
  readonly code: EngineErrorCode;
  readonly origin: Origin | null;

  constructor(code: EngineErrorCode, message: string, origin: Origin | null = null, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
    this.code = code;
    this.origin = origin;
  }

  get hint(): string {
    return ENGINE_ERRORS[this.code].hint;
  }

  get exitCode(): number {
    return ENGINE_ERRORS[this.code].exitCode;
  }
}

/** `shop.ini:3: message hint`, the form of configuration errors. */
export function formatEngineError(error: EngineError): string {
  const place = error.origin === null ? '' : `${formatOrigin(error.origin)}: `;
  return `${place}${error.message} ${error.hint}`;
}

/** The operator error behind a failed bind. */
export function bindError(code: string, message: string, address: string, origin: Origin | null): EngineError {
  if (code === 'EADDRINUSE') return new EngineError('address-in-use', `The address ${address} is in use.`, origin);
  // Node says EACCES also where the folder of a unix socket is missing.
  if (code === 'EACCES' && address.startsWith('/') && !existsSync(dirname(address))) {
    const text = `The address ${address} can not be used (there is no folder ${dirname(address)}).`;
    return new EngineError('address-not-available', text, origin);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new EngineError('address-not-permitted', `The address ${address} may not be used by this user.`, origin);
  }
  return new EngineError('address-not-available', `The address ${address} can not be used (${message}).`, origin);
}
