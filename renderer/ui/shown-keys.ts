/** How a shortcut is written on key caps on this platform: `Mod+K` is one cap `Ctrl K` (or `⌘ K`), `G F` is two. */
const isApple = typeof navigator !== 'undefined' && navigator.userAgent.includes('Mac');

export function shownKeys(keys: string, apple: boolean = isApple): string[] {
  return keys.split(' ').map((chord) => chord.replace('Mod', apple ? '⌘' : 'Ctrl').replaceAll('+', ' '));
}
