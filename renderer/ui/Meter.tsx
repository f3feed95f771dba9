/** Share of a whole as a small bar. From 85 % it warns, at 100 % it is critical; the figure stands beside it. */
export interface MeterProps {
  value: number;
  max: number;
  label: string;
  widthPx?: number;
  /** A full one is what is wanted: no warning. */
  isProgress?: boolean;
}

export function Meter({ value, max, label, widthPx = 48, isProgress = false }: MeterProps) {
  const share = max > 0 ? Math.min(1, value / max) : 0;
  const tone = isProgress ? '' : share >= 1 ? ' c' : share >= 0.85 ? ' w' : '';
  return (
    <span className={`meter${tone}`} role="img" aria-label={label} style={{ width: widthPx }}>
      <i style={{ width: `${share * 100}%` }} />
    </span>
  );
}
