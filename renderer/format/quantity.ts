/**
 * Figures as the console writes them: rates, counts, memory, shares. Pure; components never format by hand.
 * A figure is a number text and a unit, so that the unit can be shown quiet. Unknown (null) is an en dash, never 0.
 */
export interface Quantity {
  text: string;
  /** Empty: no unit. */
  unit: string;
  isZero: boolean;
}

export const UNKNOWN_TEXT = '–';
export const UNKNOWN: Quantity = { text: UNKNOWN_TEXT, unit: '', isZero: true };

const KIBI = 1024;
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });

/** `12 MiB` from the two parts; the unit is one space after the number. */
export function quantityText({ text, unit }: Quantity): string {
  return unit ? `${text} ${unit}` : text;
}

/** Rate: one decimal below 10, whole to 999, then k or M with three figures. */
export function formatRate(perSecond: number | null, unit = 'req/s'): Quantity {
  if (perSecond === null) return UNKNOWN;
  return { text: rateText(perSecond), unit, isZero: perSecond === 0 };
}

/** Rate in the rail: whole from 1 on, `/s` at the number. */
export function formatRailRate(perSecond: number | null): string {
  if (perSecond === null) return UNKNOWN_TEXT;
  if (perSecond > 0 && perSecond < 0.95) return `${Math.max(0.1, perSecond).toFixed(1)}/s`;
  return `${perSecond < 999.5 ? Math.round(perSecond) : rateText(perSecond)}/s`;
}

function rateText(value: number): string {
  if (value === 0) return '0';
  if (value < 0.05) return '<0.1';
  if (value < 9.95) return value.toFixed(1);
  if (value < 999.5) return String(Math.round(value));
  if (value < 999_500) return `${threeFigures(value / 1000)}k`;
  return `${threeFigures(value / 1_000_000)}M`;
}

/** Count in full, thousands separated as the locale does. */
export function formatCount(count: number | null): string {
  return count === null ? UNKNOWN_TEXT : whole.format(count);
}

/** Count in heads and tabs: `8.1k` from ten thousand on. */
export function formatShortCount(count: number): string {
  if (count < 10_000) return whole.format(count);
  return count < 999_500 ? `${threeFigures(count / 1000)}k` : `${threeFigures(count / 1_000_000)}M`;
}

/** Memory, binary, three figures: `512 MiB`, `2.31 GiB`. */
export function formatBytes(bytes: number | null): Quantity {
  if (bytes === null) return UNKNOWN;
  let value = bytes;
  let step = 0;
  // 999.5 of a unit would be written with four figures: go on to the next one.
  while (value >= 999.5 && step < BYTE_UNITS.length - 1) {
    value /= KIBI;
    step += 1;
  }
  const text = step === 0 ? String(Math.round(value)) : threeFigures(value);
  return { text, unit: BYTE_UNITS[step] ?? 'B', isZero: bytes === 0 };
}

/** Bytes per second, binary, two figures below 10: `61 KiB/s`, `4.2 MiB/s`. */
export function formatBytesPerSecond(bytesPerSecond: number | null): Quantity {
  if (bytesPerSecond === null) return UNKNOWN;
  let value = bytesPerSecond;
  let step = 0;
  while (value >= 999.5 && step < BYTE_UNITS.length - 1) {
    value /= KIBI;
    step += 1;
  }
  const text = step === 0 || value >= 9.95 ? String(Math.round(value)) : value.toFixed(1);
  return { text, unit: `${BYTE_UNITS[step] ?? 'B'}/s`, isZero: bytesPerSecond === 0 };
}

/** Per minute, for exceptions: like a rate. */
export function formatPerMinute(perMinute: number | null): Quantity {
  if (perMinute === null) return UNKNOWN;
  return { text: rateText(perMinute), unit: '/min', isZero: perMinute === 0 };
}

/** Share of one as whole per cent. */
export function formatShare(share: number | null): string {
  return share === null ? UNKNOWN_TEXT : `${Math.round(share * 100)} %`;
}

/** `2.31`, `16.9`, `512`: three figures, fewer only when the rest would be beyond the point and zero. */
function threeFigures(value: number): string {
  if (value < 9.995) return value.toFixed(2);
  if (value < 99.95) return value.toFixed(1);
  return String(Math.round(value));
}
