/** Names of log sources: `engine`, `file:/var/log/app.log`, `journal:app.service`, `docker:web-1`. Pure. */

export type SourceName =
  | { type: 'engine' }
  | { type: 'file'; path: string }
  | { type: 'journal'; unit: string }
  | { type: 'docker'; container: string };

/** null: it is none. What follows the type reaches programs as one argument and can't be taken for an option. */
export function parseSourceId(id: string): SourceName | null {
  if (id === 'engine') return { type: 'engine' };
  const cut = id.indexOf(':');
  const rest = id.slice(cut + 1);
  switch (id.slice(0, Math.max(cut, 0))) {
    case 'file':
      // oxlint-disable-next-line no-control-regex -- no path of a log has any
      return rest.startsWith('/') && !/[\u0000-\u001f\u007f]/.test(rest) ? { type: 'file', path: rest } : null;
    case 'journal':
      return /^[A-Za-z0-9_][\w@.:\\-]{0,255}$/.test(rest) ? { type: 'journal', unit: rest } : null;
    case 'docker':
      return /^[A-Za-z0-9][\w.-]{0,255}$/.test(rest) ? { type: 'docker', container: rest } : null;
    default:
      return null;
  }
}
