/** The configuration that every server of the fake core has. */
export const FAKE_INI = `[uwsgi]
# The sample of the first start.
master = true
http-socket = 127.0.0.1:8080
wsgi-file = app.py
processes = 4
harakiri = 30
stats = 127.0.0.1:9191
memory-report = true
master-fifo = /run/hello.fifo
`;
