/**
 * Writing over a file of a machine so that whoever reads it meanwhile, and a crash or a lost connection in the middle,
 * find the old text or the new one, whole. What a file must be to be saved at all is config/config-files.ts's to decide.
 */

/** Who may do what with a file. */
export interface FileAccess {
  /** Permission bits, 0o7777. */
  mode: number;
  uid: number;
  gid: number;
}

export interface FileChange {
  /** As its user named it: leads to `real` still. */
  path: string;
  /** The file itself, without links on the way. */
  real: string;
  before: string;
  after: string;
}

/** Throws errors with words (an errno of the system, or a message); the file that was there is then untouched. */
export interface FileSaver {
  /** Whether this user may write to the file that is there, as far as can be told beforehand. */
  isWritable(path: string): Promise<boolean>;
  /**
   * Puts a text in the place of another: mode, owner, access lists and other names stay. False when the file is not what
   * it was `before`; that is looked at last, right before the new text takes its place.
   */
  replace(change: FileChange): Promise<boolean>;
  /** Makes a file; `access` null: as this user's new files are. False when there is something of that name. */
  create(path: string, text: string, access: FileAccess | null): Promise<boolean>;
}
