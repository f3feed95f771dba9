/** What a parser of lists gives: a host or an instance each, and what it could not read, with its line. */
export interface ListedRow {
  /** Counted from 1. */
  line: number;
  name: string;
  /** Stats address as it stands there, with its machine; null: only the host is listed. */
  address: string | null;
  /** Destination, `user@host:port`; null where the address says it. */
  destination: string | null;
  tags: string[];
}

export interface ListProblem {
  line: number;
  text: string;
}

export interface List {
  rows: ListedRow[];
  errors: ListProblem[];
}

export const LONGEST_TAG = 60;
export const MOST_TAGS = 20;
