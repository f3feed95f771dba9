/** Waits for an orderly end, but not for longer than `deadlineMs`. A failure of the end itself is thrown. */
export async function endWithin(deadlineMs: number, ending: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, deadlineMs);
  try {
    await Promise.race([ending, late]);
  } finally {
    clearTimeout(timer);
  }
}
