/**
 * Comma separated values, as RFC 4180 has them: quotes around what holds a comma, a quote or a line break, a quote in
 * them doubled. Read leniently (LF or CRLF, a byte order mark, semicolons or tabs instead of commas); written so that
 * no spreadsheet takes a cell for a formula. Pure.
 */
export interface CsvRecord {
  /** Line that it begins in, counted from 1. */
  line: number;
  cells: string[];
}

/** Records that are not blank. `unclosedLine`: a quote was opened there and never closed. */
export function parseCsv(text: string): { records: CsvRecord[]; unclosedLine: number | null } {
  const source = text.replace(/^\uFEFF/, '');
  const separator = separatorOf(source);
  const records: CsvRecord[] = [];
  let cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  let line = 1;
  let startLine = 1;
  let quoteLine = 1;
  const endRecord = () => {
    cells.push(cell);
    cell = '';
    if (cells.some((value) => value.trim() !== '')) records.push({ line: startLine, cells: cells.map(unguarded) });
    cells = [];
    startLine = line;
  };
  for (let at = 0; at < source.length; at += 1) {
    const char = source.charAt(at);
    if (char === '\n') line += 1;
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (source[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (char === '"' && cell.trim() === '') {
      cell = '';
      isQuoted = true;
      quoteLine = line;
    } else if (char === separator) {
      cells.push(cell);
      cell = '';
    } else if (char === '\n') endRecord();
    else if (char !== '\r') cell += char;
  }
  endRecord();
  return { records, unclosedLine: isQuoted ? quoteLine : null };
}

/** One line without its end. */
export function formatCsvLine(cells: readonly string[]): string {
  return cells.map(formatCell).join(',');
}

/** Beginnings that spreadsheets take for a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

function formatCell(value: string): string {
  const guarded = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** Without the quote that `formatCell` puts before what looks like a formula. */
function unguarded(value: string): string {
  const trimmed = value.trim();
  return trimmed.startsWith("'") && FORMULA.test(trimmed.slice(1)) ? trimmed.slice(1) : trimmed;
}

/** The one of comma, semicolon and tab that the first line has most of. */
function separatorOf(source: string): string {
  const [firstLine = ''] = source.split('\n', 1);
  const count = (separator: string) => firstLine.split(separator).length;
  return [';', '\t'].reduce((best, other) => (count(other) > count(best) ? other : best), ',');
}
