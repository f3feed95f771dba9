/** What a browser gets from the engine beside plain answers: websockets, events, and files that no worker has seen. */
import type { Page } from '@playwright/test';
import { makeLanguageProject } from '../fixtures/language-project.ts';
import { readStats } from '../fixtures/server.ts';
import { expect, test } from '../fixtures/shared-console.ts';
import { answers } from '../fixtures/uwsgi.ts';

const PAGE = `<!doctype html>
<title>Shop</title>
<img src="/static/box.svg" alt="a box" onload="document.title = 'Shop, with its box'">
<ul id="said"></ul>
<script>
  const say = (text) => document.querySelector('#said').append(Object.assign(document.createElement('li'), { textContent: text }));
  const socket = new WebSocket(location.href.replace('http', 'ws') + 'echo');
  socket.onopen = () => socket.send('grüße');
  socket.onmessage = ({ data }) => say('message ' + data);
  socket.onclose = ({ code }) => say('closed ' + code);
  const events = new EventSource('/events');
  events.onmessage = ({ data }) => say('event ' + data);
</script>
`;

const BOX = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>\n';

const ASGI = `import asyncio, pathlib

PAGE = pathlib.Path(__file__).with_name("page.html").read_bytes()


async def application(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            await send({"type": "websocket.send", "text": "you said " + message["text"]})
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    is_events = scope["path"] == "/events"
    kind = b"text/event-stream" if is_events else b"text/html; charset=utf-8"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    if not is_events:
        await send({"type": "http.response.body", "body": PAGE})
        return
    for number in range(1, 4):
        await send({"type": "http.response.body", "body": b"data: %d\\n\\n" % number, "more_body": True})
    await receive()
    while (await receive())["type"] != "http.disconnect":
        pass
`;

const WSGI = `import pathlib
import uwsgi

PAGE = pathlib.Path(__file__).with_name("page.html").read_bytes()


def application(environ, start_response):
    if environ["PATH_INFO"] == "/echo":
        uwsgi.websocket_handshake()
        while True:
            uwsgi.websocket_send("you said " + uwsgi.websocket_recv().decode())
    if environ["PATH_INFO"] == "/events":
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        return (b"data: %d\\n\\n" % number for number in range(1, 4))
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [PAGE]
`;

const files = (app: string) => ({ 'app.py': app, 'page.html': PAGE, 'files/box.svg': BOX });
const STATIC = 'static-map = /static=files';

/** The shop's own page beside the console's. */
async function visit(page: Page, url: string): Promise<Page> {
  const shop = await page.context().newPage();
  await shop.goto(url);
  return shop;
}

test('ASGI: a page has its socket, its events and its image, and a reload of the console tells the socket to come again', async ({
  console,
  folder,
  page,
}) => {
  const project = await makeLanguageProject(folder, 'shop', files(ASGI), [
    'asgi = app.py',
    STATIC,
    'worker-reload-mercy = 2',
  ]);
  await console.runProject(project.folder);
  await answers(project.url);
  const shop = await visit(page, project.url);
  await expect(shop.getByText('message you said grüße')).toBeVisible();
  await expect(shop.getByText('event 3')).toBeVisible();
  await expect(shop).toHaveTitle('Shop, with its box');
  await console.startReload();
  await expect(shop.getByText('closed 1012')).toBeVisible();
  await expect(console.verdict).toContainText('Done in');
  await shop.close();
});

test('WSGI: the same page, and the image is counted as a file that no worker has seen', async ({
  console,
  folder,
  page,
}) => {
  const project = await makeLanguageProject(folder, 'shop', files(WSGI), ['wsgi-file = app.py', 'threads = 4', STATIC]);
  await console.runProject(project.folder);
  await answers(project.url);
  const shop = await visit(page, project.url);
  await expect(shop.getByText('message you said grüße')).toBeVisible();
  await expect(shop.getByText('event 3').first()).toBeVisible();
  await expect(shop).toHaveTitle('Shop, with its box');
  const counted = async (): Promise<number> =>
    (await readStats(project.statsPort)).workers
      .flatMap(({ cores }) => cores)
      .reduce((sum, core) => sum + core.static_requests, 0);
  await expect.poll(counted).toBe(1);
  const served = page.getByRole('region', { name: 'Served beside the application' });
  await expect(served).toContainText('1 since the start');
  await expect(served).toContainText('Websockets');
  await shop.close();
});
