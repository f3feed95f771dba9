import { describe, expect, it } from 'vitest';
import { COMMANDS } from './commands.ts';
import { runReeve } from './reeve.ts';

interface Run {
  code: number;
  out: string[];
  err: string[];
}

async function reeve(...args: string[]): Promise<Run> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), env: {}, cwd: '/' };
  return { code: await runReeve(args, terminal), out, err };
}

describe('reeve', () => {
  it('lists its commands on the standard output when asked for help', async () => {
    for (const args of [['help'], ['--help'], ['-h']]) {
      const { code, out, err } = await reeve(...args);
      expect(code).toBe(0);
      expect(err).toEqual([]);
      for (const { name } of COMMANDS) expect(out.join('\n')).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
  });

  it('is used wrongly without a command', async () => {
    const { code, out, err } = await reeve();
    expect(code).toBe(2);
    expect(out).toEqual([]);
    expect(err.join('\n')).toContain('Usage: reeve');
  });

  it('prints its version', async () => {
    expect(await reeve('--version')).toEqual({
      code: 0,
      out: [expect.stringMatching(/^reeve \d+\.\d+\.\d+$/)],
      err: [],
    });
  });

  it('explains each command within 80 columns, by both ways to ask', async () => {
    for (const { name, usage, flags } of COMMANDS) {
      const { code, out } = await reeve('help', name);
      expect(code).toBe(0);
      expect(out[0]).toBe(`Usage: reeve ${usage}`);
      for (const flag of flags) expect(out.join('\n')).toContain(`--${flag.name}`);
      expect(out.slice(1).filter((line) => line.length > 80)).toEqual([]);
      if (name !== 'help') expect((await reeve(name, '--help')).out).toEqual(out);
    }
  });

  it.each([
    [['sevre'], 'There is no command "sevre". Did you mean `reeve serve`?'],
    [['frobnicate'], 'There is no command "frobnicate". The commands are engine, serve,'],
    [['--verison'], 'There is no option "--verison".'],
    [['help', 'stast'], 'Did you mean `reeve stats`?'],
    [['help', 'stats', 'more'], '`reeve help` does not know what to do with "more".'],
    [['serve', '--prot', '80'], '`reeve serve` has no option --prot. Did you mean --port?'],
    [['serve', 'now'], '`reeve serve` does not know what to do with "now".'],
    [['serve', '--port'], '--port needs a value: --port P'],
    [['serve', '--port='], '--port needs a value: --port P'],
    [['serve', '--port', 'http'], '--port needs a number from 0 to 65535, not "http".'],
    [['serve', '--port', '65536'], '--port needs a number from 0 to 65535, not "65536".'],
    [['serve', '--port', '-1'], '--port needs'],
    [['serve', '--host', 'no host'], '--host needs an address or a name of this machine, not "no host".'],
    [['serve', '--no-open=yes'], '--no-open takes no value.'],
    [['serve', '-x'], '`reeve serve` has no option -x.'],
    [['check'], '`reeve check` needs FILE.'],
    [['stats'], '`reeve stats` needs TARGET.'],
    [['stats', '--json'], '`reeve stats` needs TARGET.'],
    [['stats', 'a:1', 'b:2'], '`reeve stats` does not know what to do with "b:2".'],
    [['stats', 'nonsense'], '"nonsense" is not a stats address'],
    [['stats', 'https://127.0.0.1:1'], 'is not a stats address'],
    [['reload'], '`reeve reload` needs TARGET.'],
  ])('answers %j with the reason and the usage, and exits 2', async (args, message) => {
    const { code, out, err } = await reeve(...args);
    expect(code).toBe(2);
    expect(out).toEqual([]);
    expect(err[0]).toMatch(/^reeve: /);
    expect(err[0]).toContain(message);
    expect(err.at(-1)).toMatch(/^Usage: reeve /);
  });
});
