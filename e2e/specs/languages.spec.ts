/** Applications in other languages have the same pages and the same reloads as those in Python. */
import { spawnSync } from 'node:child_process';
import { type LanguageProject, makeLanguageProject } from '../fixtures/language-project.ts';
import { startLoad } from '../fixtures/load.ts';
import { workerPids } from '../fixtures/server.ts';
import { expect, test } from '../fixtures/shared-console.ts';
import { answers } from '../fixtures/uwsgi.ts';

const RACK = `def stuck_in_the_kitchen
  loop { Math.sqrt(2.0) }
end

run(lambda do |env|
  stuck_in_the_kitchen if env['PATH_INFO'] == '/stuck'
  [200, { 'Content-Type' => 'text/plain' }, ["pid #{Process.pid}\\n"]]
end)
`;

const LANGUAGES: Readonly<Record<string, (folder: string) => Promise<LanguageProject>>> = {
  Ruby: (folder) => makeLanguageProject(folder, 'shop', { 'config.ru': RACK }, ['rack = config.ru']),
  Perl: (folder) => {
    const app = "sub { [200, ['Content-Type' => 'text/plain'], [\"pid $$\\n\"]] };\n";
    return makeLanguageProject(folder, 'shop', { 'app.psgi': app }, ['psgi = app.psgi']);
  },
  PHP: (folder) =>
    makeLanguageProject(folder, 'shop', { 'site/index.php': 'pid <?= getmypid() ?>\n' }, [
      'php-docroot = site',
      'php-index = index.php',
      'php-allowed-ext = .php',
    ]),
};

/** What shows that a language is there. */
const PROBES: Readonly<Record<string, [string, ...string[]]>> = {
  Ruby: ['ruby', '-rrack', '-e', '0'],
  Perl: ['perl', '-e', '0'],
  PHP: ['php-cgi', '-v'],
};

function isMissing(language: string): boolean {
  const [program = '', ...args] = PROBES[language] ?? [];
  return spawnSync(program, args).status !== 0;
}

for (const [language, make] of Object.entries(LANGUAGES)) {
  test(`${language}: a project is opened, runs, and is reloaded under load without a lost request`, async ({
    console,
    folder,
  }) => {
    test.skip(isMissing(language), `${language} is not installed`);
    const project = await make(folder);
    await console.runProject(project.folder);
    await expect(console.heading('shop')).toBeVisible();
    await answers(project.url);
    const before = await workerPids(project.statsPort);
    const load = startLoad({ url: project.url, kept: 2, fresh: 2, pauseMs: 50 });
    await console.waitForChart('Requests', (now) => now > 0);
    await console.startReload();
    await expect(console.verdict).toContainText('Done in');
    expect((await load.stop()).lost).toEqual([]);
    const after = await workerPids(project.statsPort);
    expect(after).toHaveLength(2);
    expect(after.filter((pid) => before.includes(pid))).toEqual([]);
    await console.openTab('Workers');
    await expect.poll(async () => (await console.workerRows()).length).toBe(2);
  });
}

test('Ruby: a request that hangs is ended by harakiri, its stack stands in the log; a broken version changes nothing', async ({
  console,
  folder,
  page,
}) => {
  test.skip(isMissing('Ruby'), 'Ruby is not installed');
  const project = await makeLanguageProject(folder, 'shop', { 'config.ru': RACK }, [
    'rack = config.ru',
    'harakiri = 1',
  ]);
  await console.runProject(project.folder);
  await answers(project.url);
  expect((await fetch(`${project.url}stuck`)).status).toBe(504);
  await console.openTab('Logs');
  // The stack is folded under its request.
  await page.getByText('/stuck', { exact: true }).click();
  await expect(page.getByText(/stuck_in_the_kitchen/).first()).toBeVisible();

  await answers(project.url);
  await project.write('config.ru', 'run lambda { |env|\n');
  await console.startReload();
  await expect(console.verdict).toContainText('could not be loaded. The old ones serve on');
  expect((await fetch(project.url)).status).toBe(200);
});
