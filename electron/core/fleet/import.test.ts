import { array, assert, constantFrom, pre, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InstanceRecord } from '../instances/record.ts';
import { expandRange } from './ansible-hosts.ts';
import { formatCsvLine, parseCsv } from './csv-text.ts';
import { exportFleet } from './fleet-export.ts';
import { previewImport } from './import-preview.ts';

const NONE = new Set<string>();

function record(change: Partial<InstanceRecord>): InstanceRecord {
  return {
    id: 'a',
    name: 'checkout',
    kind: 'attached',
    statsAddress: 'ssh://deploy@web1:2222/run/checkout.stats',
    configPath: null,
    sample: false,
    wanted: 'running',
    acceptedMethods: [],
    lastReloadAtMs: null,
    tags: [],
    ...change,
  };
}

function preview(text: string, known = NONE) {
  return previewImport('csv', text, known, '/home/me');
}

describe('a list of comma separated values', () => {
  it('is read by the names of its first line, in any order', () => {
    const text = 'tags,address,name\r\n"prod-eu, web",ssh://web1/run/checkout.stats,checkout\r\n';
    expect(preview(text)).toEqual({
      rows: [
        {
          line: 2,
          name: 'checkout',
          address: 'ssh://web1/run/checkout.stats',
          machine: 'web1',
          tags: ['prod-eu', 'web'],
          status: 'new',
        },
      ],
      errors: [],
    });
  });

  it('without such a line is name, address, tags', () => {
    expect(preview('cart;127.0.0.1:1717;prod\n').rows).toMatchObject([
      { name: 'cart', address: '127.0.0.1:1717', machine: 'local', tags: ['prod'] },
    ]);
  });

  it('tells what is in the list already and what it has twice', () => {
    const text =
      'name,address\na,ssh://web1/127.0.0.1:1717\nb,ssh://web1/localhost:1717\nc,ssh://web1/127.0.0.1:1717\n';
    const { rows } = preview(text, new Set(['ssh://web1/localhost:1717']));
    expect(rows.map(({ status }) => status)).toEqual(['new', 'known', 'again']);
  });

  it('tells the line of each row that it can not use, and takes the others', () => {
    const { rows, errors } = preview('name,address\nx,\ny,ssh://-oProxyCommand=x/run/a\nz,/run/z.stats\n');
    expect(rows.map(({ name }) => name)).toEqual(['z']);
    expect(errors.map(({ line }) => line)).toEqual([2, 3]);
  });

  it('counts lines within quotes', () => {
    const { records } = parseCsv('a,b\n"two\nlines",x\nlast,y\n');
    expect(records.map(({ line }) => line)).toEqual([1, 2, 4]);
    expect(preview('a,"b\nc').errors).toMatchObject([{ line: 1 }]);
  });

  it('gives back what was written, whatever is in the cells', () => {
    const cell = string().map((text) => text.replace(/^[\s']+/, '').trim());
    assert(
      property(array(cell, { minLength: 1, maxLength: 5 }), (cells) => {
        pre(cells.some((value) => value !== '' && !/[\uFEFF;\t]/.test(value)) && !/[;\t\r\uFEFF]/.test(cells.join('')));
        expect(parseCsv(formatCsvLine(['x', ...cells])).records[0]?.cells).toEqual(['x', ...cells]);
      }),
    );
  });
});

describe('an Ansible inventory', () => {
  const INI = `
# hosts
lonely ansible_connection=local
[web]
web[01:03].ams ansible_user=deploy uwsgi_stats=/run/checkout.stats ; comment
[jobs]
job-01 ansible_host=10.0.0.7 ansible_port=2222 ansible_password="geheim # x"
[prod-eu:children]
web
jobs
[web:vars]
ansible_port = 2200
[odd:what]
`;

  it('in INI gives hosts with the groups around them as tags', () => {
    const { rows, errors } = previewImport('ansible-ini', INI, NONE, '/home/me');
    expect(rows.map(({ machine, address, tags }) => [machine, address, tags])).toEqual([
      ['local', null, []],
      ...['01', '02', '03'].map((n) => [
        `deploy@web${n}.ams:2200`,
        `ssh://deploy@web${n}.ams:2200/run/checkout.stats`,
        ['prod-eu', 'web'],
      ]),
      ['10.0.0.7:2222', null, ['prod-eu', 'jobs']],
    ]);
    expect(errors).toEqual([{ line: 13, text: '[odd:what] is not understood, only :children and :vars are.' }]);
    expect(JSON.stringify(rows)).not.toContain('geheim');
  });

  it('in YAML gives the same', () => {
    const yaml = `
all:
  vars: { ansible_password: geheim }
  children:
    prod-eu:
      children:
        web:
          vars: { ansible_port: 2200 }
          hosts:
            web[01:03].ams:
              ansible_user: deploy
              uwsgi_stats: [/run/checkout.stats]
        jobs:
          hosts:
            job-01: { ansible_host: 10.0.0.7, ansible_port: 2222, secret: !vault "x" }
`;
    const { rows, errors } = previewImport('ansible-yaml', yaml, NONE, '/home/me');
    expect(errors).toEqual([]);
    expect(rows.map(({ line, machine, tags }) => [line, machine, tags])).toEqual([
      [10, 'deploy@web01.ams:2200', ['prod-eu', 'web']],
      [10, 'deploy@web02.ams:2200', ['prod-eu', 'web']],
      [10, 'deploy@web03.ams:2200', ['prod-eu', 'web']],
      [15, '10.0.0.7:2222', ['prod-eu', 'jobs']],
    ]);
    expect(JSON.stringify(rows)).not.toContain('geheim');
  });

  it('that is broken is told with its line', () => {
    expect(previewImport('ansible-yaml', 'all:\n  hosts: [a\n', NONE, '/').errors[0]?.line).toBeGreaterThan(1);
    expect(previewImport('ansible-yaml', 'all:\n  host: {}\n', NONE, '/').errors).toMatchObject([{ line: 2 }]);
  });

  it('never ends the console, whatever is in it', () => {
    assert(
      property(string({ maxLength: 200 }), constantFrom('csv', 'ansible-ini', 'ansible-yaml'), (text, format) => {
        const { rows } = previewImport(format, text, NONE, '/home/me');
        expect(rows.length).toBeLessThan(6_000);
      }),
    );
  });
});

describe('a range of hosts', () => {
  it.each([
    ['web[01:03]', ['web01', 'web02', 'web03']],
    ['db-[a:e:2].x', ['db-a.x', 'db-c.x', 'db-e.x']],
    ['r[1:2]n[1:2]', ['r1n1', 'r1n2', 'r2n1', 'r2n2']],
    ['[2001:db8::1]', ['[2001:db8::1]']],
    ['x[3:1]', null],
    ['x[1:99999999]', null],
  ])('%s', (pattern, expected) => {
    expect(expandRange(pattern)).toEqual(expected);
  });
});

describe('the exported list', () => {
  it('is read again as the same instances', () => {
    const { text } = exportFleet(
      [record({ tags: ['prod', 'web'] }), record({ name: 'b', statsAddress: '/run/b' })],
      'csv',
    );
    const { rows, errors } = previewImport('csv', text, NONE, '/home/me');
    expect(errors).toEqual([]);
    expect(rows).toMatchObject([
      { name: 'checkout', address: 'ssh://deploy@web1:2222/run/checkout.stats', tags: ['prod', 'web'] },
      { name: 'b', address: '/run/b' },
    ]);
  });

  it('holds nothing that a spreadsheet runs', () => {
    const { text } = exportFleet([record({ name: '=HYPERLINK("http://x")', statsAddress: '@app' })], 'csv');
    expect(text).toContain(`"'=HYPERLINK(""http://x"")",'@app,`);
    expect(previewImport('csv', text, NONE, '/').rows).toMatchObject([
      { name: '=HYPERLINK("http://x")', address: '@app' },
    ]);
  });

  it('leaves out the query of an address and the engines of this machine', () => {
    const records = [
      record({ statsAddress: 'http://127.0.0.1:80/s?token=geheim' }),
      record({ kind: 'engine', name: 'hello' }),
    ];
    for (const format of ['csv', 'json'] as const) {
      const { text } = exportFleet(records, format);
      expect(text).toContain('http://127.0.0.1:80/s');
      expect(text).not.toMatch(/geheim|hello/);
    }
  });
});
