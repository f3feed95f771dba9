/** The filter that another page wants the Logs tab to open with: kept until that tab is there, once. */
const waiting = new Map<string, string>();

export const logRequests = {
  ask(instanceId: string, filter: string): void {
    waiting.set(instanceId, filter);
  },
  /** null: nothing was asked for. */
  take(instanceId: string): string | null {
    const filter = waiting.get(instanceId) ?? null;
    waiting.delete(instanceId);
    return filter;
  },
};
