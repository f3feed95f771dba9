/**
 * Hooks of the JavaScript worker: around the loading of its application, and before it serves (engine/config/hooks.ts says
 * what they may be). One that fails ends the process.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs';

/** Runs the hooks of these moments, in this order. */
export function runHooks(boot, ...phases) {
  for (const phase of phases) {
    for (const [hookPhase, action, argument, text] of boot.system.hooks) {
      if (hookPhase !== phase) continue;
      console.error(`running "${text}" (${phase.replace('-app', ' app')})...`);
      const reason = attempt(boot, action, argument);
      if (reason === null) continue;
      console.error(`FATAL hook failed: "${text}" (${phase}) ${reason}`);
      process.exit(1);
    }
  }
}

/** The moments of a worker that is about to serve. */
export function acceptingPhases({ isFirst, wid }) {
  const phases = isFirst ? ['accepting', 'accepting-once'] : ['accepting'];
  if (wid !== 1) return phases;
  return isFirst ? [...phases, 'accepting1', 'accepting1-once'] : [...phases, 'accepting1'];
}

/** null: done. Otherwise why not. */
function attempt(boot, action, argument) {
  try {
    if (action !== 'exec' && action !== 'safeexec') {
      act(action, argument);
      return null;
    }
    const { error, signal, status } = spawnSync(boot.system.shell, ['-c', argument], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (error !== undefined) throw error;
    if (status === 0) return null;
    const reason = signal === null ? `exited with code ${status}` : `was killed by ${signal}`;
    if (action === 'exec') return reason;
    console.error(`command "${argument}" ${reason}`);
    return null;
  } catch (error) {
    return error.message;
  }
}

function act(action, argument) {
  const blank = argument.indexOf(' ');
  const name = blank === -1 ? argument : argument.slice(0, blank);
  const rest = blank === -1 ? '' : argument.slice(blank + 1);
  switch (action) {
    case 'print':
    case 'log':
      return console.error(argument);
    case 'exit':
      return process.exit(Number(argument));
    case 'putenv': {
      const equals = argument.indexOf('=');
      process.env[argument.slice(0, equals)] = argument.slice(equals + 1);
      return;
    }
    case 'chdir':
    case 'cd':
      return process.chdir(argument);
    case 'mkdir':
      return mkdirSync(argument);
    case 'unlink':
      return unlinkSync(argument);
    case 'creat':
    case 'create':
      return writeFileSync(argument, '');
    case 'chmod':
      return chmodSync(name, Number.parseInt(rest, 8));
    case 'write':
      return writeFileSync(name, rest);
    case 'writen':
      return writeFileSync(name, `${rest}\n`);
    case 'append':
      return appendFileSync(name, rest);
    case 'appendn':
      return appendFileSync(name, `${rest}\n`);
    default:
      throw new Error(`there is no action '${action}'`);
  }
}
