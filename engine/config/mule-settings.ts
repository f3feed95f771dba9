/**
 * The part of the settings that is about mules: processes beside the workers that take messages and signals, and farms
 * of them that share a queue. Each mule becomes an entry of `companions` (finishMules).
 */
import type { ConfigError } from './errors.ts';
import { isPython, LANGUAGES } from './languages.ts';
import type { EngineSettings, Origin } from './settings.ts';

export interface MuleSettings {
  /** What each runs, in order of their numbers: a script's path, `module:function()` or `function()`; empty: nothing. */
  commands: string[];
  farms: FarmSetting[];
  /** Bytes of messages that may wait for one mule or farm. */
  queueBytes: number;
  /** A mule whose message or signal takes longer is killed; 0: never. */
  harakiriSeconds: number;
  reloadMercySeconds: number;
}

export interface FarmSetting {
  name: string;
  /** Numbers of its mules. */
  mules: number[];
}

/** About what the system's buffer holds where uWSGI leaves it at its size. */
const DEFAULT_QUEUE_BYTES = 212_992;

export function defaultMules(): MuleSettings {
  return {
    commands: [],
    farms: [],
    queueBytes: DEFAULT_QUEUE_BYTES,
    harakiriSeconds: 0,
    reloadMercySeconds: 60,
  };
}

/** Makes the processes. As on uWSGI a farm that names a mule which is not there stops the start. */
export function finishMules(
  settings: EngineSettings,
  originOf: (option: string) => Origin | null,
  errors: ConfigError[],
): void {
  const { app, mules } = settings;
  const count = mules.commands.length;
  if (count > 0 && !isPython(app)) {
    errors.push({
      code: 'not-supported',
      message: `'mule' and 'mules' run Python, and the application is one in ${LANGUAGES[app.language].title}.`,
      origin: originOf('mule') ?? originOf('mules') ?? { file: 'command line', line: 0 },
      option: 'mule',
      hint: "Run the script beside the server with 'attach-daemon'.",
    });
    return;
  }
  for (const { name, mules: numbers } of mules.farms) {
    const missing = numbers.find((number) => number > count);
    if (missing === undefined) continue;
    errors.push({
      code: 'bad-value',
      message: `The farm '${name}' names mule ${missing}, and there ${count === 1 ? 'is 1' : `are ${count}`}.`,
      origin: originOf('farm') ?? { file: 'command line', line: 0 },
      option: 'farm',
      hint: "Raise 'mules', or correct the number.",
    });
  }
  for (const [index, command] of mules.commands.entries()) {
    const number = index + 1;
    settings.companions.push({
      role: 'mule',
      number,
      command,
      farms: mules.farms.filter((farm) => farm.mules.includes(number)).map((farm) => farm.name),
      harakiriSeconds: mules.harakiriSeconds,
      mercySeconds: mules.reloadMercySeconds,
    });
  }
}
