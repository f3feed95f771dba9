/**
 * What a rule is: a code with its documentation, and a small pure function over the resolved configuration. The
 * catalogue (catalogue.ts) has all of them; diagnostics.ts runs them and lays their findings onto the text. Findings
 * of the language itself have an entry of the same shape (language-codes.ts) without a function.
 */

import type { ResolvedOption } from '../resolve-state.ts';
import type { TextEdit } from '../text-edit.ts';
import type { RuleConfig } from './rule-config.ts';

export type Severity = 'error' | 'warning' | 'info';

/** What is documented about a code. All texts are sentences of plain English. */
export interface RuleInfo {
  /** Stable, kebab-case. */
  code: string;
  /** The severity it usually has; a finding may say another. */
  severity: Severity;
  title: string;
  /** Why it matters. */
  why: string;
  /** The next step. */
  todo: string;
  /** A file that has it. */
  example: string;
  /** Whose start it is about; both when left out. */
  server?: 'engine' | 'uwsgi';
}

/** A change that mends a finding without a doubt about what was meant. */
export interface Fix {
  /** What the button says, as a command: `Change to 'harakiri'`. */
  title: string;
  edits: TextEdit[];
}

/** Another line that has to do with a finding. */
export interface RelatedLine {
  file: string;
  /** 1-based; 0: the file as a whole. */
  line: number;
  message: string;
}

/** What a rule returns: about an option where it was written, or about the file as a whole. */
export interface Finding {
  /** null: about the whole file. */
  item: ResolvedOption | null;
  /** What is marked; the name when left out. */
  part?: 'key' | 'value';
  /** What is wrong and the next step. */
  message: string;
  severity?: Severity;
  fix?: Fix | null;
  related?: ResolvedOption[];
}

export interface Rule extends RuleInfo {
  /** True for rules about something that is not there: they are silent about files that are only a part of one. */
  aboutAbsence?: boolean;
  check(config: RuleConfig): Finding[];
}
