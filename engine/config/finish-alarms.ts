/** What can be said of alarms only when the whole configuration has been read: all that are to be raised exist. */
import type { ConfigError } from './errors.ts';
import type { EngineSettings, Origin } from './settings.ts';

export function finishAlarms(
  { alarms }: EngineSettings,
  originOf: (option: string) => Origin | null,
  errors: ConfigError[],
): void {
  const known = new Set(alarms.alarms.map(({ name }) => name));
  for (const { alarms: names, isExempt } of alarms.rules) check(isExempt ? 'not-log-alarm' : 'log-alarm', names);
  check(
    'alarm-fd',
    alarms.descriptors.map(({ alarm }) => alarm),
  );
  check('alarm-backlog', alarms.onBacklog);
  check('alarm-segfault', alarms.onCrash);

  function check(option: string, names: readonly string[]): void {
    const unknown = names.find((name) => !known.has(name));
    if (unknown === undefined) return;
    errors.push({
      code: 'bad-value',
      message: `'${option}' names the alarm '${unknown}', which does not exist.`,
      origin: originOf(option) ?? { file: '', line: 0 },
      option,
      hint: `Define it with 'alarm = ${unknown} cmd:COMMAND', say.`,
    });
  }
}
