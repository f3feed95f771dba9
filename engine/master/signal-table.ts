/**
 * Who handles which signal of uWSGI's framework: what a generation has registered, and the processes that a target
 * stands for. Pure; signal-desk.ts sends what comes of it.
 */

/** A process that can handle signals. */
export interface Recipient {
  role: 'worker' | 'mule' | 'spooler';
  spawnId: number;
  /** Number of the worker or mule. */
  number: number;
  /** Of a mule: its farms. */
  farms: readonly string[];
  /** It serves a request, or runs a task. */
  isBusy: boolean;
  /** Signals that were sent to it and are not done. */
  pending: number;
}

/** How many there may be at most, whatever is running now. */
export interface Population {
  workers: number;
  mules: number;
  spoolers: number;
  farms: readonly string[];
}

export type Route =
  /** Empty: none of those that are meant runs at the moment. */
  { status: 'found'; recipients: Recipient[] } | { status: 'invalid'; reason: string };

/** The processes that a target means: each of them for a plural, otherwise the one that is free soonest. */
export function routeSignal(target: string, recipients: readonly Recipient[], population: Population): Route {
  const workers = recipients.filter(({ role }) => role === 'worker');
  const mules = recipients.filter(({ role }) => role === 'mule');
  switch (target) {
    case '':
    case 'worker':
    case 'worker0':
      return { status: 'found', recipients: soonest(workers) };
    case 'workers':
    case 'active-workers':
      return { status: 'found', recipients: workers };
    case 'spooler':
      if (population.spoolers === 0) return { status: 'invalid', reason: 'there is no spooler' };
      return { status: 'found', recipients: soonest(recipients.filter(({ role }) => role === 'spooler')) };
    case 'mules':
    case 'mule':
    case 'mule0':
      if (population.mules === 0) return { status: 'invalid', reason: 'there are no mules' };
      return { status: 'found', recipients: target === 'mules' ? mules : soonest(mules) };
  }
  const { kind, number } = /^(?<kind>worker|mule)(?<number>\d+)$/.exec(target)?.groups ?? {};
  if (kind !== undefined) {
    const most = kind === 'worker' ? population.workers : population.mules;
    if (Number(number) > most) return { status: 'invalid', reason: `there is no ${kind} ${number ?? ''}` };
    const meant = (kind === 'worker' ? workers : mules).filter((one) => one.number === Number(number));
    return { status: 'found', recipients: soonest(meant) };
  }
  const farm = /^farm_(?<name>.*)$/s.exec(target)?.groups?.['name'];
  if (farm === undefined) return { status: 'invalid', reason: `'${target}' is no target` };
  if (!population.farms.includes(farm)) return { status: 'invalid', reason: `there is no farm '${farm}'` };
  return { status: 'found', recipients: soonest(mules.filter(({ farms }) => farms.includes(farm))) };
}

/** One that has nothing to do, else the one with the fewest signals before this one. */
function soonest(recipients: readonly Recipient[]): Recipient[] {
  const load = ({ isBusy, pending }: Recipient): number => pending * 2 + (isBusy ? 1 : 0);
  const [first, ...others] = recipients;
  if (first === undefined) return [];
  return [others.reduce((best, one) => (load(one) < load(best) ? one : best), first)];
}
