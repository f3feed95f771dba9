/**
 * A small JavaScript application to try Reeve with: a fetch handler, no packages.
 *
 *   /            a page that says which process answered
 *   /logo.svg    a static file
 *   /slow?s=N    keeps its request open for N seconds (at most 600): watch it on the Requests page
 *   /error       throws an exception: watch the counter and the log
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const loadedAtMs = Date.now();
const page = readFileSync(new URL('page.html', import.meta.url), 'utf8');
const logo = readFileSync(new URL('logo.svg', import.meta.url));

export default async function fetch(request) {
  const url = new URL(request.url);
  switch (url.pathname) {
    case '/':
      return new Response(fillPage(url), { headers: { 'content-type': 'text/html; charset=utf-8' } });
    case '/logo.svg':
      return new Response(logo, { headers: { 'content-type': 'image/svg+xml' } });
    case '/slow': {
      const seconds = slowSeconds(url.searchParams.get('s'));
      await sleep(seconds * 1000);
      return new Response(`Slept for ${seconds} s.\n`);
    }
    case '/error':
      throw new Error('thrown on purpose by /error of the sample application');
    default:
      return new Response(`There is no ${url.pathname} here.\n`, { status: 404 });
  }
}

function fillPage(url) {
  const values = {
    pid: process.pid,
    runtime: `Node ${process.versions.node}`,
    address: url.host,
    age: `${Math.round((Date.now() - loadedAtMs) / 1000)} s`,
    file: fileURLToPath(import.meta.url),
  };
  return page.replace(/\{\{(\w+)\}\}/g, (_, name) => escapeHtml(String(values[name] ?? '')));
}

function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** `s` of the query string, 5 when it is missing or no number. */
function slowSeconds(text) {
  const seconds = text === null ? 5 : Number(text);
  return Number.isFinite(seconds) ? Math.min(600, Math.max(0, seconds)) : 5;
}
