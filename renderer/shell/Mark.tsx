/** The mark: four tallies and the fifth across. */
export function Mark({ size = 16 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d="M3 2v12M6.3 2v12M9.7 2v12M13 2v12" stroke="var(--fg-2)" strokeWidth="1.6" />
      <path d="M1 12 15 4" stroke="var(--accent)" strokeWidth="1.8" />
    </svg>
  );
}
