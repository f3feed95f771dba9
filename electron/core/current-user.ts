/** The user that the console runs as, also where the system's list has no entry for it, as in containers. */
import { userInfo } from 'node:os';

export interface CurrentUser {
  /** As uWSGI does, the number where there is no name. */
  name: string;
  /** -1 on Windows, both. */
  uid: number;
  gid: number;
}

/** `read` is for tests. */
export function currentUser(read: () => { username: string } = userInfo): CurrentUser {
  const uid = process.getuid?.() ?? -1;
  const gid = process.getgid?.() ?? -1;
  try {
    return { name: read().username, uid, gid };
  } catch {
    // The system has no entry for it.
    return { name: String(uid), uid, gid };
  }
}
