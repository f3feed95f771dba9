/** Wrong input on the command line: each gets an exit code, a message that names it, and nothing on standard output. */

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../fixtures/ports.ts';
import { sshStranger } from '../fixtures/strangers.ts';
import { expect, test } from '../fixtures/test.ts';
import { PROJECT_ROOT } from '../tools/tree.ts';

const LAUNCHER = join(PROJECT_ROOT, 'resources', 'bin', 'reeve');

interface Ended {
  code: number;
  out: string;
  err: string;
}

async function reeve(args: string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(LAUNCHER, args, { cwd, timeout: 60_000 }, (_error, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err });
    });
  });
}

const FILES: Record<string, string> = {
  'unknown.ini': '[uwsgi]\nhttp-socket = 127.0.0.1:0\nmaster = true\nproceses = 4\n',
  'unsupported.ini': '[uwsgi]\nhttp-socket = 127.0.0.1:0\nzerg = zerg.sock\n',
  'no-app.ini': '[uwsgi]\nhttp-socket = 127.0.0.1:0\nmaster = true\nwsgi-file = gone.py\nneed-app = true\n',
  'not-ini.ini': '\u0000\u0001\u0002 binary \u00ff',
  'raises.ini': '[uwsgi]\nhttp-socket = 127.0.0.1:0\nmaster = true\nwsgi-file = raises.py\nneed-app = true\n',
  'raises.py': 'import a_module_that_is_not_there\n',
};

const TABLE: [args: string[], code: number, message: RegExp][] = [
  [[], 2, /Usage: reeve/],
  [['sevre'], 2, /Did you mean `reeve serve`/],
  [['--nonsense'], 2, /no option "--nonsense"/],
  [['serve', '--port', 'eighty'], 2, /--port needs a number/],
  [['serve', '--port', '99999'], 2, /--port needs a number/],
  [['serve', '--host', '256.1.1.1:80'], 2, /--host/],
  [['stats'], 2, /TARGET/],
  [['stats', 'not an address'], 2, /address/],
  [['reload', '127.0.0.1:CLOSED'], 1, /CLOSED/],
  [['stats', '127.0.0.1:CLOSED'], 1, /CLOSED/],
  [['stats', '127.0.0.1:SSH'], 1, /SSH/],
  [['stats', '/nowhere/app.stats'], 1, /nowhere/],
  [['check'], 2, /FILE/],
  [['check', 'gone.ini'], 1, /gone\.ini/],
  [['check', '.'], 1, /directory|folder|not a file/i],
  [['engine', 'gone.ini'], 78, /gone\.ini/],
  [['engine', 'unknown.ini'], 78, /unknown\.ini:4.*proceses/],
  [['engine', 'unsupported.ini'], 78, /unsupported\.ini:3.*zerg/],
  [['engine', '--proceses', '4'], 78, /proceses/],
  [['engine', 'no-app.ini'], 22, /gone\.py/],
  [['engine', 'raises.ini'], 22, /ModuleNotFoundError: No module named 'a_module_that_is_not_there'/],
];

for (const [args, code, message] of TABLE) {
  test(`reeve ${args.join(' ')} ends with ${code}`, async ({ folder }) => {
    for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
    const closed = String(await freePort());
    const ssh = await sshStranger();
    const fill = (text: string): string => text.replace('CLOSED', closed).replace('127.0.0.1:SSH', ssh.address);
    try {
      const ended = await reeve(args.map(fill), folder);
      expect(ended.err).toMatch(new RegExp(fill(message.source), message.flags));
      expect(ended).toMatchObject({ code, out: '' });
    } finally {
      await ssh.close();
    }
  });
}

test('reeve check prints findings on standard output and ends with 78', async ({ folder }) => {
  await writeFile(join(folder, 'unknown.ini'), FILES['unknown.ini'] ?? '');
  const { code, out } = await reeve(['check', 'unknown.ini'], folder);
  expect(code).toBe(78);
  expect(out).toMatch(/^\S*unknown\.ini:4:\d+: error: .*proceses/m);
});

test('a text that is not an INI file is an error that says so', async ({ folder }) => {
  await writeFile(join(folder, 'not-ini.ini'), FILES['not-ini.ini'] ?? '');
  const { code, err } = await reeve(['engine', 'not-ini.ini'], folder);
  expect(code).toBe(78);
  expect(err).toMatch(/not-ini\.ini/);
});
