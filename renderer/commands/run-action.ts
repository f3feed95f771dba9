/** Runs what a click started and tells when it failed: what, and the next step. The success is shown where it happens. */
import { failureOf } from '../client.ts';
import { showToast } from '../ui/toast.tsx';

export function runAction(action: Promise<unknown>): void {
  action.catch((error: unknown) => {
    const { message, hint } = failureOf(error);
    showToast({ level: 'error', text: hint ? `${message} ${hint}` : message, kind: message });
  });
}
