/**
 * The number of workers, when all lines are known: whether `cheaper` fits `processes`, as uWSGI checks it, and what
 * holds where only a part of it is set.
 */
import type { ConfigWarning } from './build-settings.ts';
import type { ConfigError } from './errors.ts';
import type { EngineSettings, Origin } from './settings.ts';

/** `originOf`: where an option stands in the configuration; null: nowhere. */
export function finishWorkers(
  settings: EngineSettings,
  originOf: (option: string) => Origin | null,
  errors: ConfigError[],
  warnings: ConfigWarning[],
): void {
  const { cheaper, processes } = settings;
  const refuse = (option: string, message: string, hint: string): void => {
    const origin = originOf(option) ?? { file: '', line: 0 };
    errors.push({ code: 'bad-value', message, origin, option, hint });
  };
  const caution = (option: string, message: string): void => {
    const origin = originOf(option);
    if (origin !== null) warnings.push({ code: 'caution', message, origin, option });
  };

  if (cheaper.least > 0 && cheaper.least >= processes) {
    const message = `Invalid cheaper value: must be lower than processes ('cheaper = ${cheaper.least}', 'processes = ${processes}').`;
    refuse('cheaper', message, "Raise 'processes', which is the largest number, or lower 'cheaper'.");
  }
  const { rssSoftLimitBytes: soft, rssHardLimitBytes: hard } = cheaper;
  if (hard > 0 && soft === 0) {
    const message = "'cheaper-rss-limit-hard' needs 'cheaper-rss-limit-soft' as well.";
    refuse('cheaper-rss-limit-hard', message, "Add 'cheaper-rss-limit-soft' with a lower value, in bytes.");
  } else if (hard > 0 && hard <= soft) {
    const message = "'cheaper-rss-limit-hard' must be higher than 'cheaper-rss-limit-soft'.";
    refuse('cheaper-rss-limit-hard', message, 'Workers would be stopped and started again and again.');
  }
  if (cheaper.least === 0) {
    for (const option of ['cheaper-initial', 'cheaper-algo', 'cheaper-step', 'cheaper-overload']) {
      caution(option, `'${option}' has no effect without 'cheaper'.`);
    }
    return;
  }
  const { busyness } = cheaper;
  if (busyness.minPercent > busyness.maxPercent) {
    const message = "'cheaper-busyness-min' is higher than 'cheaper-busyness-max'.";
    refuse(
      originOf('cheaper-busyness-min') === null ? 'cheaper-busyness-max' : 'cheaper-busyness-min',
      message,
      'Swap them.',
    );
  }
  const wanted = cheaper.initial === 0 ? cheaper.least : cheaper.initial;
  cheaper.initial = Math.min(processes, Math.max(cheaper.least, wanted));
  if (cheaper.initial !== wanted) {
    const bounds = `must be from ${cheaper.least} ('cheaper') to ${processes} ('processes')`;
    caution(
      'cheaper-initial',
      `'cheaper-initial = ${wanted}' ${bounds}; the engine starts ${cheaper.initial} workers.`,
    );
  }
}
