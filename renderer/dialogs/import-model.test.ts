import { describe, expect, it } from 'vitest';
import type { Discovered } from '../../electron/contract/model.ts';
import { countWords, formatOf, type ImportLine, linesOfPreview, withFound } from './import-model.ts';

const HOST: ImportLine = {
  key: 'host web1',
  line: 4,
  name: 'web1',
  address: null,
  machine: 'web1',
  tags: ['prod'],
  status: 'looking',
  note: null,
};

function server(change: Partial<Discovered>): Discovered {
  return {
    machine: 'web1',
    pid: 1,
    role: 'server',
    emperorPid: null,
    unit: null,
    pidfile: null,
    command: 'uwsgi',
    user: null,
    cwd: null,
    configPath: '/etc/uwsgi/checkout.ini',
    statsAddress: '/run/checkout.stats',
    masterFifo: null,
    instanceId: null,
    missing: null,
    ...change,
  };
}

describe('the lines of an import', () => {
  it('of a host give way to its servers, with its tags and their addresses there', () => {
    const found = [
      server({}),
      server({ pid: 2, instanceId: 'x' }),
      server({ pid: 3, statsAddress: null, missing: 'It has no stats server.' }),
      server({ pid: 4, role: 'emperor', statsAddress: null }),
    ];
    const lines = withFound([HOST], HOST, found);
    expect(lines.map(({ name, address, status }) => [name, address, status])).toEqual([
      ['checkout', 'ssh://web1/run/checkout.stats', 'new'],
      ['checkout', 'ssh://web1/run/checkout.stats', 'known'],
      ['checkout', null, 'refused'],
    ]);
    expect(lines[0]).toMatchObject({ line: 4, tags: ['prod'] });
    expect(countWords(lines)).toBe('1 new, 1 in the list already, 1 without a way');
  });

  it('of a host without servers, or out of reach, say so', () => {
    expect(withFound([HOST], HOST, [])[0]).toMatchObject({ status: 'refused', note: 'No uWSGI runs there.' });
    expect(withFound([HOST], HOST, 'web1 does not answer.')[0]?.note).toBe('web1 does not answer.');
  });

  it('of a list are hosts to look at where no address is named', () => {
    const row = { line: 1, name: 'a', machine: 'a', tags: [], status: 'new' as const };
    const lines = linesOfPreview({
      rows: [
        { ...row, address: null },
        { ...row, address: '/run/a' },
      ],
      errors: [],
    });
    expect(lines.map(({ status }) => status)).toEqual(['host', 'new']);
  });
});

describe('the kind of a list', () => {
  it.each([
    ['hosts.yml', '', 'ansible-yaml'],
    ['x.csv', '', 'csv'],
    ['', 'name,address,tags\n', 'csv'],
    ['', '# c\nall:\n  hosts:\n', 'ansible-yaml'],
    ['hosts', '[web]\nweb1\n', 'ansible-ini'],
    ['', 'web1 ansible_user=x\n', 'ansible-ini'],
    ['', 'web1\nweb2\n', 'ansible-ini'],
  ])('%s %j is %s', (name, text, expected) => {
    expect(formatOf(name, text)).toBe(expected);
  });
});
