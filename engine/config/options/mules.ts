/**
 * Mules: processes beside the workers, for messages, signals and scripts of their own.
 */

import { isFlagWord } from '../values.ts';
import type { OptionSection, Reader } from './section.ts';
import { readNumber } from './section.ts';

/** More of them are a slip of the pen. */
const MOST_MULES = 256;

export const mulesOptions: OptionSection = {
  data: `
mule | list | works | | Extra process beside the workers, with a script or without.
mules | int | works | | Number of mules without a script. | unit=processes
farm | list | works | | Mules that share one queue of messages: NAME:MULE,MULE.
mule-msg-size | bytes | works | 212992 | Bytes of messages that may wait for a mule.
mule-harakiri | seconds | works | 0 | Kills a mule whose task takes longer.
mule-reload-mercy | seconds | works | 60 | Time a mule gets to end at a reload.
`,
  readers: {
    // As on uWSGI a mule without a value, or with that of a switch, waits for messages and signals.
    mule: ({ settings }, value) => {
      settings.mules.commands.push(isFlagWord(value) ? '' : value);
      return settings.mules.commands.length > MOST_MULES ? `is one mule too many: ${MOST_MULES} at most.` : null;
    },
    mules: ({ settings }, value) => {
      const count = /^\d+$/.test(value) ? Number(value) : Number.NaN;
      const all = settings.mules.commands.length + count;
      if (!(all <= MOST_MULES)) return `needs a whole number, with ${MOST_MULES} mules in all at most.`;
      for (let left = count; left > 0; left--) settings.mules.commands.push('');
      return null;
    },
    farm: readFarm,
    'mule-msg-size': readNumber((settings, bytes) => {
      settings.mules.queueBytes = bytes;
    }, 1024),
    'mule-harakiri': readNumber((settings, seconds) => {
      settings.mules.harakiriSeconds = seconds;
    }),
    'mule-reload-mercy': readNumber((settings, seconds) => {
      settings.mules.reloadMercySeconds = seconds;
    }),
  },
};

function readFarm({ settings }: Parameters<Reader>[0], value: string): string | null {
  const { name, list } = /^(?<name>[^:\s]+):(?<list>\d+(\s*,\s*\d+)*)$/.exec(value)?.groups ?? {};
  const numbers = list?.split(',').map(Number) ?? [];
  if (name === undefined || numbers.includes(0)) return 'needs a name and the numbers of mules, from 1: NAME:1,2.';
  settings.mules.farms.push({ name, mules: numbers });
  return null;
}
