import { describe, expect, it } from 'vitest';
import type { Command } from '../commands/commands.ts';
import { createFakeWorld } from '../testing/fake-world.ts';
import { MOST_IN_GROUP, paletteItems } from './palette-model.ts';
import { MOST_PER_GROUP, railGroups, railLines, treeMove } from './rail-model.ts';

const all = [...createFakeWorld(Date.UTC(2026, 10, 22, 12), 30).servers.values()].map((server) => server.instance);

function command(id: string, title: string, part: Partial<Command> = {}): Command {
  return { id, title, whyNot: null, run: () => undefined, ...part };
}

describe('the rail', () => {
  it('puts the local group first, trouble first in a group, and says how many are hidden', () => {
    const groups = railGroups(all, []);
    expect(groups.map(({ name }) => name)).toEqual(['local', 'jobs', 'prod-eu']);
    const [, jobs, prod] = groups;
    expect(jobs?.instances.map(({ name }) => name)).toEqual(['reports', 'exports', 'ledger', 'payouts', 'invoices']);
    expect(prod?.instances).toHaveLength(MOST_PER_GROUP);
    const byHost = railGroups(
      all.map((one, i) => Object.assign({}, one, { machine: 'm', hostName: `web${i % 3}` })),
      [],
      'host',
    );
    expect(byHost.map(({ name }) => name)).toEqual(['web0', 'web1', 'web2']);
    expect(prod?.hidden).toBe(all.filter(({ group }) => group === 'prod-eu').length - MOST_PER_GROUP);
  });

  it('shows only the head of a folded group', () => {
    const lines = railLines(railGroups(all, ['prod-eu', 'jobs']));
    expect(lines.map(({ key }) => key)).toEqual(['group:local', 'instance:hello', 'group:jobs', 'group:prod-eu']);
  });

  it('is walked with the keys of a tree', () => {
    const lines = railLines(railGroups(all, ['prod-eu']));
    const move = (from: string, key: string) => treeMove(lines, from, key);
    expect(move('group:local', 'ArrowDown')).toEqual({ type: 'focus', key: 'instance:hello' });
    expect(move('instance:hello', 'ArrowLeft')).toEqual({ type: 'focus', key: 'group:local' });
    expect(move('group:local', 'ArrowLeft')).toEqual({ type: 'fold', group: 'local', folded: true });
    expect(move('group:local', 'ArrowRight')).toEqual({ type: 'focus', key: 'instance:hello' });
    expect(move('group:prod-eu', 'ArrowRight')).toEqual({ type: 'fold', group: 'prod-eu', folded: false });
    expect(move('group:local', 'ArrowUp')).toBeNull();
    expect(move('group:local', 'End')).toEqual({ type: 'focus', key: 'group:prod-eu' });
    expect(move('group:local', 'x')).toBeNull();
    expect(move('nowhere', 'ArrowDown')).toBeNull();
  });
});

describe('the palette', () => {
  const commands = [
    command('go.instance.1', 'checkout', { detail: 'prod-eu' }),
    command('go.instance.2', 'cache', { detail: 'jobs' }),
    command('reload.1', 'Reload checkout…'),
    command('engine.stop', 'Stop checkout', { whyNot: 'Reeve does not run it.' }),
    command('theme.light', 'Use the light theme', { keywords: 'colour' }),
    command('app.attach', 'Attach to a server…'),
  ];
  const ids = (text: string, recent: string[] = []) =>
    paletteItems({ text, commands, recent, searchOptions: (prefix) => [{ name: `${prefix}er`, help: 'help' }] }).map(
      ({ id }) => id,
    );

  it('ranks what begins with the query before what contains it, and what cannot run last', () => {
    expect(ids('check')).toEqual(['go.instance.1', 'reload.1', 'engine.stop', 'option.checker']);
  });

  it('finds by keywords and by several words in any order', () => {
    expect(ids('colour')[0]).toBe('theme.light');
    expect(ids('theme light')[0]).toBe('theme.light');
  });

  it('asks for actions only with > and for options only with @', () => {
    expect(ids('>che')).toEqual(['reload.1', 'engine.stop']);
    expect(ids('@che')).toEqual(['option.cheer']);
  });

  it('puts what was run lately first among equals', () => {
    expect(ids('', ['app.attach']).find((id) => !id.startsWith('go.'))).toBe('app.attach');
  });

  it('names the open instance first among those of its kind', () => {
    const reloads = [command('reload.1', 'Reload account…'), command('instance.reload', 'Reload checkout…')];
    const items = paletteItems({ text: 'reload', commands: reloads, recent: [], searchOptions: () => [] });
    expect(items.map(({ id }) => id)).toEqual(['instance.reload', 'reload.1']);
  });

  it('marks the part that matched and gives the reason of what cannot run', () => {
    const items = paletteItems({ text: 'STOP', commands, recent: [], searchOptions: () => [] });
    expect(items[0]).toMatchObject({ match: { from: 0, to: 4 }, detail: 'Reeve does not run it.' });
  });

  it('shows at most so many of a group', () => {
    const many = Array.from({ length: 50 }, (_, index) => command(`go.instance.${index}`, `web ${index}`));
    expect(paletteItems({ text: 'web', commands: many, recent: [], searchOptions: () => [] })).toHaveLength(
      MOST_IN_GROUP,
    );
  });
});
