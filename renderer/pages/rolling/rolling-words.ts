/** A rolling reload in words and in waves. Pure. */
import type { RollingMember, RollingOptions, RollingRun } from '../../../electron/contract/actions-model.ts';
import type { Instance } from '../../../electron/contract/model.ts';

export interface Wave {
  number: number;
  title: string;
  members: readonly RollingMember[];
}

/** Its members wave by wave, in their order. */
export function wavesOf({ members, options }: Pick<RollingRun, 'members' | 'options'>): Wave[] {
  return [...Map.groupBy(members, ({ wave }) => wave)]
    .sort(([a], [b]) => a - b)
    .map(([number, inWave]) => ({
      number,
      title: options.canary && number === 0 ? 'Canary' : `Wave ${number + (options.canary ? 0 : 1)}`,
      members: inWave,
    }));
}

/** `3 of 6 done, 1 failed`. */
export function progressWords(members: readonly RollingMember[]): string {
  const count = (status: RollingMember['status']) => members.filter((member) => member.status === status).length;
  const failed = count('failed');
  const skipped = count('skipped');
  return [
    `${count('done')} of ${members.length} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} left out`] : []),
  ].join(', ');
}

export const STATUS_WORDS: Readonly<Record<RollingMember['status'], string>> = {
  waiting: 'waiting',
  reloading: 'reloading',
  gate: 'being watched',
  done: 'done',
  failed: 'failed',
  skipped: 'left out',
};

/** What is done between the waves, in a sentence. */
export function gateWords({ gateMs, slowerTimes }: Pick<RollingOptions, 'gateMs' | 'slowerTimes'>): string {
  const slower = slowerTimes === null ? '' : `, or it answers ${slowerTimes} times slower than in the minute before`;
  return `Each wave is watched for ${Math.round(gateMs / 1000)} s more; it stops when one fails, loses requests or throws more${slower}.`;
}

/** Names that have to be typed before a run goes on: of the read-only instances that are not done. */
export function namesNeeded(
  members: readonly Pick<RollingMember, 'instanceId' | 'status'>[],
  byId: Readonly<Record<string, Pick<Instance, 'name' | 'readOnly'> | undefined>>,
): string[] {
  return members.flatMap(({ instanceId, status }) => {
    const instance = byId[instanceId];
    return status !== 'done' && instance?.readOnly ? [instance.name] : [];
  });
}

/** Why it can't be begun; null: it can. */
export function whyNotStart(
  names: { needed: readonly string[]; typed: Readonly<Record<string, string>> },
  failing: readonly string[],
): string | null {
  const [first] = failing;
  if (first !== undefined) return `${first} can not be reloaded. Leave it out.`;
  const missing = names.needed.find((name) => names.typed[name] !== name);
  return missing === undefined ? null : `Type ${missing}, it is read-only.`;
}
