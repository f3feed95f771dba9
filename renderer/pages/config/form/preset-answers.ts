/** What the path of a file says about the application: a start for the questions of the presets. Pure. */
import type { PresetAnswers } from '../../../../engine/config/preset-parts.ts';

const GENERAL_NAMES = /^(uwsgi|app|config|main|prod|production|dev)$/;

/** The name of the file, or of its folder when the file has a name for all; the folder when it may be the application's. */
export function answersFromPath(path: string): PresetAnswers {
  const parts = path.split(/[\\/]/);
  const file = (parts.at(-1) ?? '').replace(/\.[^.]*$/, '');
  const folder = path.slice(0, path.length - (parts.at(-1) ?? '').length).replace(/[\\/]$/, '');
  const name = GENERAL_NAMES.test(file) ? (parts.at(-2) ?? '') : file;
  return {
    ...(name === '' ? {} : { name }),
    ...(folder === '' || folder.startsWith('/etc') ? {} : { folder }),
  };
}
