/** The exact actions of control.ts as their user reads them before they are done, line by line. Pure. */
import type { ControlSignal } from './control.ts';

/** Where and as whom; nothing for this machine and this user. `machineName` null: this machine. */
export function onMachine(machineName: string | null, sudo: boolean): string[] {
  const where = machineName === null ? [] : [`on ${machineName}`];
  return sudo ? [[...where, 'through sudo -n'].join(', ')] : where;
}

export function fifoLines(path: string, letters: string): string[] {
  return [`open ${path}`, '  write-only, non-blocking, never create', `write "${letters}", close`];
}

export function signalLines(pid: number, signal: ControlSignal, what: string): string[] {
  return [`check that process ${pid} is ${what}`, `send it SIG${signal}`];
}
