/**
 * The languages of applications, and what differs between them for the rest of the engine: everything else about one
 * is in its own `<language>-app.ts`. An instance runs one of them.
 */

export type Language = 'python' | 'javascript' | 'ruby' | 'perl' | 'php' | 'cgi' | 'none';

/** How the variables of a request are written so that the language decodes them in C (engine/gateway/environ-writer.ts). */
export type EnvironEncoding = 'marshal' | 'ruby' | 'pairs' | 'fastcgi';

export interface LanguageFacts {
  /** As it is shown. */
  title: string;
  /** uWSGI's number for requests to it: taken beside 0. */
  modifier1: number;
  environ: EnvironEncoding;
  /** Workers are forked from a zygote that has the application loaded. */
  forks: boolean;
}

export const LANGUAGES: Readonly<Record<Language, LanguageFacts>> = {
  python: { title: 'Python', modifier1: 0, environ: 'marshal', forks: true },
  javascript: { title: 'JavaScript', modifier1: 0, environ: 'pairs', forks: false },
  ruby: { title: 'Ruby', modifier1: 7, environ: 'ruby', forks: true },
  perl: { title: 'Perl', modifier1: 5, environ: 'pairs', forks: true },
  php: { title: 'PHP', modifier1: 14, environ: 'fastcgi', forks: false },
  // Scripts are started by workers in Python (resources/runtimes/python/reeve_cgi.py).
  cgi: { title: 'CGI', modifier1: 9, environ: 'marshal', forks: true },
  none: { title: 'none', modifier1: 0, environ: 'marshal', forks: true },
};

/** An application in Python, or none: what only Python code can do is there (spoolers, mules, `worker-accept`). */
export function isPython({ language }: { language: Language }): boolean {
  return language === 'python' || language === 'none';
}
