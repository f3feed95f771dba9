/**
 * The part of the settings that is about tasks in folders: which folders there are, and how the processes that run their
 * tasks go about it. Each process becomes an entry of `companions` (finishSpooler).
 */
import type { ConfigWarning } from './build-settings.ts';
import type { ConfigError } from './errors.ts';
import { isPython, LANGUAGES } from './languages.ts';
import type { EngineSettings, Origin } from './settings.ts';

export interface SpoolerSettings {
  /** In order; absolute. Those that another instance runs have no process here. */
  folders: { path: string; isExternal: boolean }[];
  /** Processes of each folder. */
  processes: number;
  frequencySeconds: number;
  /** Tasks run in the order of their names, those in numbered folders first; otherwise these are not looked into. */
  isOrdered: boolean;
  /** Where tasks run; null: in their folder. */
  chdir: string | null;
  /** A process whose task takes longer is killed; 0: never. */
  harakiriSeconds: number;
  /** A process is replaced after so many tasks; 0: never. */
  maxTasks: number;
  /** Modules or files that each process imports. */
  imports: string[];
  isQuiet: boolean;
  /** A task that has failed so often is moved to the folder `failed`; 0: it is tried again for ever, as on uWSGI. */
  maxAttempts: number;
  /** First pause after a failure, which doubles with each; 0 while the lines are read: `frequencySeconds`. */
  retryDelaySeconds: number;
}

export function defaultSpooler(): SpoolerSettings {
  return {
    folders: [],
    processes: 1,
    frequencySeconds: 30,
    isOrdered: false,
    chdir: null,
    harakiriSeconds: 0,
    maxTasks: 0,
    imports: [],
    isQuiet: false,
    // With the pauses that go with 30 seconds this is half a day.
    maxAttempts: 20,
    retryDelaySeconds: 0,
  };
}

/** Makes the processes. Tasks are functions in Python: an application in JavaScript can only hand them in. */
export function finishSpooler(
  settings: EngineSettings,
  originOf: (option: string) => Origin | null,
  errors: ConfigError[],
  warnings: ConfigWarning[],
): void {
  const { app, spooler } = settings;
  if (spooler.retryDelaySeconds === 0) spooler.retryDelaySeconds = Math.max(1, spooler.frequencySeconds);
  const own = spooler.folders.filter(({ isExternal }) => !isExternal);
  const origin = originOf('spooler') ?? { file: 'command line', line: 0 };
  if (own.length > 0 && !isPython(app)) {
    errors.push({
      code: 'not-supported',
      message: `'spooler' runs tasks in Python, and the application is one in ${LANGUAGES[app.language].title}.`,
      origin,
      option: 'spooler',
      hint: "Hand tasks in with 'spooler-external', and run them by an instance with a Python application.",
    });
    return;
  }
  for (const { path } of own) {
    for (let left = spooler.processes; left > 0; left--) {
      settings.companions.push({
        role: 'spooler',
        number: settings.companions.filter(({ role }) => role === 'spooler').length + 1,
        folder: path,
        mercySeconds: settings.workerReloadMercySeconds,
      });
    }
  }
  const imports = app.language === 'python' ? [...app.imports, ...app.sharedImports] : [];
  if (own.length > 0 && settings.lazyApps && spooler.imports.length + imports.length === 0) {
    const message =
      "With 'lazy-apps' a spooler does not load the application: without 'spooler-import' it knows no function for its tasks.";
    warnings.push({ code: 'caution', message, origin, option: 'spooler' });
  }
}
