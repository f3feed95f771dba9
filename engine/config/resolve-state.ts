/**
 * What resolve.ts keeps in hand while it reads: the list so far, what took effect, the logic option that is open, the
 * files. Lives for one resolveConfig call.
 */
import type { ConfigHost } from './host.ts';
import type { MagicFile } from './magic.ts';
import type { Origin } from './settings.ts';

export interface ResolvedOption {
  key: string;
  value: string;
  origin: Origin;
}

export interface Item {
  key: string;
  /** null: a flag of the command line. */
  value: string | null;
  origin: Origin;
  /** It has taken effect, or never will: the passes leave its value alone. */
  settled: boolean;
}

export interface CustomOption {
  template: string;
  immediate: boolean;
}

export interface State {
  host: ConfigHost;
  items: Item[];
  /** First item of each key: what placeholders and `if-opt` look at. */
  first: Map<string, Item>;
  applied: ResolvedOption[];
  custom: Map<string, CustomOption>;
  /** Declared options within declared options. */
  customDepth: number;
  placeholders: Set<string>;
  logic: { key: string; argument: string; origin: Origin } | null;
  /** True while a line of the open logic option is put in. */
  inLogic: boolean;
  strict: boolean;
  /** Files being read, absolute, outermost first. */
  reading: string[];
  outer: MagicFile | null;
  /** The one `:section` means: the file read last, be it another than the one that says so. */
  lastFile: MagicFile | null;
  filesRead: number;
  files: Set<string>;
  otherFiles: Set<string>;
  notices: string[];
}

export function startState(host: ConfigHost): State {
  return {
    host,
    items: [],
    first: new Map(),
    applied: [],
    custom: new Map(),
    customDepth: 0,
    placeholders: new Set(),
    logic: null,
    inLogic: false,
    strict: false,
    reading: [],
    outer: null,
    lastFile: null,
    filesRead: 0,
    files: new Set(),
    otherFiles: new Set(),
    notices: [],
  };
}
