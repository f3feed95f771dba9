/** Applications that put tasks into a spooler's folder and run them, for the engine and for uWSGI alike. */

/** `GET /?KEY=VALUE&...` puts a task of these variables in. `POST` with a golden case's call.json does what it says. */
export const PRODUCER = `
import json
from urllib.parse import parse_qsl

import uwsgi


def encoded(text):
    return text.encode("latin-1")


def put(environ):
    if environ["REQUEST_METHOD"] == "GET":
        return uwsgi.spool({encoded(k): encoded(v) for k, v in parse_qsl(environ["QUERY_STRING"])})
    call = json.loads(environ["wsgi.input"].read().decode("utf-8"))
    if call["style"] == "kwargs":
        return uwsgi.spool(**{k: encoded(v) for k, v in call["vars"]})
    spool = uwsgi.send_to_spooler if call["style"] == "send_to_spooler" else uwsgi.spool
    return spool({encoded(k): encoded(v) for k, v in call["vars"]})


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    try:
        return [json.dumps({"returned": put(environ).decode()}).encode()]
    except Exception as error:
        return [json.dumps({"error": "%s: %s" % (type(error).__name__, error)}).encode()]
`;

/**
 * Writes a line of JSON to `ran.jsonl` for each run: pid, environment, types, folder. What it does then says the variable
 * `do`: `raise`, `die`, `unlimited` (takes its harakiri back, then sleeps), `sleep` (for `for` seconds), `retry`, `ignore`, `none`, `text`; with `times` only so often, and
 * it is done after that.
 */
export const CONSUMER = `
import json
import os
import signal
import time

import uwsgi

RAN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ran.jsonl")


def plain(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value


def ran_before(name):
    with open(RAN) as file:
        return sum(name in line for line in file)


def run(env):
    record = {"pid": os.getpid(), "cwd": os.getcwd(), "env": {plain(k): plain(v) for k, v in env.items()}}
    record["types"] = {plain(k): [type(k).__name__, type(v).__name__] for k, v in env.items()}
    with open(RAN, "a") as file:
        file.write(json.dumps(record) + "\\n")
    what = plain(env.get(b"do", b"ok"))
    if b"times" in env and ran_before(record["env"]["spooler_task_name"]) > int(env[b"times"]):
        what = "ok"
    if what == "raise":
        raise RuntimeError("task failed")
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "unlimited":
        uwsgi.set_user_harakiri(0)
    if what in ("sleep", "unlimited"):
        time.sleep(float(env[b"for"]))
    outcomes = {"retry": uwsgi.SPOOL_RETRY, "ignore": uwsgi.SPOOL_IGNORE, "none": None, "text": "done"}
    return outcomes.get(what, uwsgi.SPOOL_OK)


uwsgi.spooler = run
`;

/** Both in one. */
export const SPOOL_APP = `${PRODUCER}\n${CONSUMER}`;

/** A line of `ran.jsonl`. */
export interface Run {
  pid: number;
  cwd: string;
  env: Record<string, string>;
  types: Record<string, [string, string]>;
}

export function parseRuns(text: string): Run[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const run: Run = JSON.parse(line);
    return run;
  });
}
