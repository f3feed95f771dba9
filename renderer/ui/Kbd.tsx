/** Key caps. `keys` is the notation of the commands registry: `Mod+K` (held together) or `G F` (one after the other). */
import { shownKeys } from './shown-keys.ts';

export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="row g1">
      {shownKeys(keys).map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </span>
  );
}
