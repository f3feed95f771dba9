/** What of the checks of a plan stands in the way of a method. Pure. */
import type { ReloadMethod, ReloadPlan } from '../../contract/reload-model.ts';

/** Sentences; empty: it may be started. A FIFO that fails its checks rules out only the ways that use it. */
export function hindrances(plan: ReloadPlan, method: ReloadMethod | null): string[] {
  if (method === null) {
    const byReason = Map.groupBy(plan.methods, ({ whyNot }) => whyNot ?? 'not possible');
    const reasons = [...byReason].map(([whyNot, [first, ...others]]) => {
      const more = others.length === 0 ? '' : ` and ${others.length} more`;
      return `${first?.title ?? ''}${more}: ${whyNot}`;
    });
    return [`No way to reload it can be used. ${reasons.join(' ')}`];
  }
  return plan.checks
    .filter(({ id, status }) => status === 'fail' && (method.id.startsWith('fifo') || !id.startsWith('fifo')))
    .map(checkText);
}

/** `Queue has room: 3 of 100.` */
export function checkText({ title, value, detail }: ReloadPlan['checks'][number]): string {
  return `${title}: ${value}. ${detail ?? ''}`.trimEnd();
}
