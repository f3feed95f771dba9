/**
 * What the options of static files say: where files are looked for, which of them are served, and what clients are told
 * about them. The gateway does it (engine/gateway/static-files.ts).
 */

export interface StaticSettings {
  /** Where a path is looked for, in this order. */
  places: StaticPlace[];
  /** `check-static-docroot`: the folder that a front server names in DOCUMENT_ROOT. */
  usesDocumentRoot: boolean;
  /** `static-index` */
  indexes: string[];
  /** `static-skip-ext`: endings of names that are left to the application. */
  skipped: string[];
  /** `static-safe`: further folders that links may lead to. */
  safeFolders: string[];
  expires: ExpiresRule[];
  gzip: GzipSettings;
  /** `mimefile`; none: the system's. Those that are not there count for nothing. */
  typeFiles: string[];
  /** `honour-range` */
  honoursRanges: boolean;
  /** `file-serve-mode`: the header that makes the front server send the file. */
  delegation: 'X-Accel-Redirect' | 'X-Sendfile' | null;
}

export interface StaticPlace {
  /** What the path begins with, whole segments; '' fits any path. */
  prefix: string;
  /** Absolute: a folder, or a file for a path that is the prefix. */
  target: string;
  /** The prefix is not taken off the path (`static-map2`). */
  keepsPrefix: boolean;
}

/** What a rule looks at: the file's path, PATH_INFO, REQUEST_URI, or the file's type. */
export type ExpiresBy = 'file' | 'path-info' | 'uri' | 'type';

export interface ExpiresRule {
  by: ExpiresBy;
  /** A regular expression; the type itself where rules are by type. */
  pattern: string;
  seconds: number;
  /** Counted from the file's last change, not from now. */
  fromMtime: boolean;
}

/** Which files have a sibling with `.gz` behind its name. */
export interface GzipSettings {
  all: boolean;
  /** Regular expressions for the file's path. */
  patterns: string[];
  folders: string[];
  endings: string[];
}

export function defaultStatic(): StaticSettings {
  return {
    places: [],
    usesDocumentRoot: false,
    indexes: [],
    skipped: [],
    safeFolders: [],
    expires: [],
    gzip: { all: false, patterns: [], folders: [], endings: [] },
    typeFiles: [],
    honoursRanges: true,
    delegation: null,
  };
}

/** Are there any files to serve without asking the application? */
export function servesFiles({ places, usesDocumentRoot }: StaticSettings): boolean {
  return places.length > 0 || usesDocumentRoot;
}
