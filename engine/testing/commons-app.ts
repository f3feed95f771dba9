/** An application that evaluates what it is sent, for tests that compare `uwsgi.*` on two servers. */

/** Each line of the body is a Python expression or statement; each line of the answer is its repr, or its exception. */
export const EVAL_APP = `
import os
import threading
import time

import uwsgi

NAMES = {"uwsgi": uwsgi, "os": os, "threading": threading, "time": time}


def evaluate(line):
    try:
        try:
            return repr(eval(line, NAMES))
        except SyntaxError:
            exec(line, NAMES)
            return "-"
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


def application(environ, start_response):
    lines = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode().splitlines()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return ["\\n".join(evaluate(line) for line in lines).encode()]
`;

/** `[expression, result]` of each line. */
export async function evaluate(port: number, lines: readonly string[]): Promise<[line: string, result: string][]> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: lines.join('\n') });
  const results = (await answer.text()).split('\n');
  // After a turn of the loop: the log of before the answer was read then, too.
  await new Promise((resolve) => setImmediate(resolve));
  return lines.map((line, index) => [line, results[index] ?? '']);
}

/** The result of one expression. */
export async function evaluateOne(port: number, line: string): Promise<string> {
  return (await evaluate(port, [line]))[0]?.[1] ?? '';
}
