/**
 * The part of the settings that is about the processes beside the workers: mules and spoolers. Each entry is one
 * process. They are forked with the application loaded, or started anew without it (`lazy-apps`), as uWSGI does.
 */

export const COMPANION_ROLES = ['mule', 'spooler'] as const;
export type CompanionRole = (typeof COMPANION_ROLES)[number];

interface CompanionBase {
  /** From 1, in the order of the configuration; the mule's number, or the spooler process's. */
  number: number;
  /** How long it may take to end at a reload or a stop. */
  mercySeconds: number;
}

export interface MuleSetting extends CompanionBase {
  role: 'mule';
  /** A script's path, or `module:function()` or `function()`; empty: it waits for messages and signals. */
  command: string;
  /** Names of its farms. */
  farms: string[];
  /** `mule-harakiri`: seconds that a message or a signal may take; 0: as long as it takes. */
  harakiriSeconds: number;
}

export interface SpoolerSetting extends CompanionBase {
  role: 'spooler';
  /** Absolute. */
  folder: string;
}

export type CompanionSetting = MuleSetting | SpoolerSetting;
