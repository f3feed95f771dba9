/** Compares releases of uWSGI by their numbers. */

/** `2.0.21` is at least `2.0.9`, and not at least `2.0.29`. */
export function isAtLeast(version: string, release: string): boolean {
  const have = numbersOf(version);
  const want = numbersOf(release);
  for (let i = 0; i < 3; i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbersOf(text: string): number[] {
  return text.split('.').map((part) => Number.parseInt(part, 10) || 0);
}
