/** What the worker knows for the module `uwsgi` (uwsgi.mjs): its boot record, and the master. */
import { CommonsConnection } from './commons.mjs';

let present = null;
let shared = null;

/** To be called before the application is loaded. */
export function install(boot, master) {
  present = { boot, master };
}

export function boot() {
  if (present === null) throw new Error("The module 'uwsgi' works in a worker of the engine only.");
  return present.boot;
}

export function tellMaster(message) {
  boot();
  present.master.send(message);
}

/** Asks the master; `what` is a Question of engine/master/control.ts. */
export function askMaster(what) {
  boot();
  return present.master.ask(what);
}

/** The connection for requests that are answered at once. */
export function commons() {
  if (shared === null || !shared.isOpen) shared = newConnection();
  return shared;
}

export function newConnection() {
  return new CommonsConnection(boot());
}
