/** The engine starts from configuration files in YAML, JSON and XML as it does from INI. */
import { expect, test } from 'vitest';
import { EngineProcess, freePort } from './testing/engine-process.ts';

const APP = 'export default { fetch: () => new Response("served by " + process.argv.length) };\n';

test.for([
  [
    'app.yaml',
    'uwsgi:\n  js-app: "%dapp.mjs"\n  http-socket: 127.0.0.1:{PORT}\n  processes: 2\n  env:\n    - A=1\n    - B=2\n',
  ],
  [
    'app.json',
    '{"uwsgi": {"js-app": "%dapp.mjs", "http-socket": "127.0.0.1:{PORT}", "processes": 2, "env": ["A=1", "B=2"]}}',
  ],
  [
    'app.xml',
    '<uwsgi><js-app>%dapp.mjs</js-app><http-socket>127.0.0.1:{PORT}</http-socket><processes>2</processes><master/></uwsgi>',
  ],
] as const)('%s is enough to serve', async ([name, text]) => {
  const port = await freePort();
  const files = { 'app.mjs': APP, [name]: text.replace('{PORT}', String(port)) };
  const engine = await EngineProcess.start({ ini: '', args: [name], files });
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringMatching(/^served by/)]);
    expect(engine.log).toContain(name);
  } finally {
    await engine.dispose();
  }
});

test('what is wrong with the syntax is said with line and column, and ends the start', async () => {
  const engine = await EngineProcess.launch({
    ini: '',
    args: ['app.json'],
    files: { 'app.json': '{"uwsgi": {\n  "processes": 2,\n}}\n' },
  });
  try {
    expect(await engine.exited).toBe(78);
    expect(engine.log).toMatch(
      /app\.json:3: The JSON is broken at column 1: a key in double quotes is expected\. No comma/,
    );
  } finally {
    await engine.dispose();
  }
});
