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

/** Throws errors with words (an errno of the system, or a message); the file that was there is then untouched. */
export interface FileSaver {
  /** Whether this user may write to the file that is there. */
  isWritable(path: string): Promise<boolean>;
  /**
   * Puts a text in the place of a file: mode, owner, access lists and other names stay. `path` has no links.
   * `stillSame` is called when all is written, right before the new text takes its place, and may refuse by throwing.
   */
  replace(path: string, text: string, stillSame: () => Promise<void>): Promise<void>;
  /** Makes a file; `access` null: as this user's new files are. `stillGone` is called right before it is there. */
  create(path: string, text: string, access: FileAccess | null, stillGone: () => Promise<void>): Promise<void>;
}
