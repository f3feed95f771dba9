/** Bytes as rows of eight: where they stand, in hex, and the letters among them. Pure. */
const BYTES_A_ROW = 8;

export interface HexRow {
  at: string;
  hex: string;
  text: string;
}

/** `hex`: two digits a byte; `text`: one character a byte. */
export function hexRows(hex: string, text: string): HexRow[] {
  const rows: HexRow[] = [];
  for (let byte = 0; byte * 2 < hex.length; byte += BYTES_A_ROW) {
    const digits = hex.slice(byte * 2, (byte + BYTES_A_ROW) * 2);
    rows.push({
      at: byte.toString(16).padStart(4, '0'),
      hex: digits.replace(/..(?=.)/g, '$& ').padEnd(BYTES_A_ROW * 3 - 1),
      text: text.slice(byte, byte + BYTES_A_ROW),
    });
  }
  return rows;
}
