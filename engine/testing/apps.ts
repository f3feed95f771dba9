/** Applications of the process tests. */

/**
 * `/` the pid and the worker number · `/sleep?s` waits · `/raise` raises · `/env?NAME` a variable of the environment ·
 * `/imports` how often the module was imported (one line a time in `imports.txt`).
 */
export const PYTHON_APP = `
import os
import time

import uwsgi

VERSION = "one"

with open("imports.txt", "a") as imports:
    imports.write("%d\\n" % os.getpid())


def application(environ, start_response):
    path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
    if path == "/sleep":
        time.sleep(float(query))
    elif path == "/raise":
        raise RuntimeError("asked for")
    elif path == "/env":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [os.environ.get(query, "-").encode()]
    elif path == "/reload":
        uwsgi.reload()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [("%s %d %d" % (VERSION, uwsgi.worker_id(), os.getpid())).encode()]
`;

/** The same with another answer. */
export const SECOND_APP = PYTHON_APP.replace('"one"', '"two"');

/** Takes this long to import. */
export function slowToImport(seconds: number, app = PYTHON_APP): string {
  return `import time\ntime.sleep(${seconds})\n${app}`;
}
