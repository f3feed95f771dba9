/** What the fake core answers about a file's history, drift and effective options: made from its text, line by line. */
import type { MethodName, Params, Result } from '../../electron/contract/api.ts';
import type { ConfigDraft, ConfigEffective } from '../../electron/contract/desk-model.ts';

type DeskMethods = Extract<
  MethodName,
  `config.${'desk' | 'keepDraft' | 'effective' | 'history' | 'version' | 'compare' | 'drift'}`
>;
type DeskHandlers = { [M in DeskMethods]: (params: Params<M>) => Result<M> };

export function fakeDesk(textOf: (instanceId: string) => string, now: () => number): DeskHandlers {
  const drafts = new Map<string, ConfigDraft>();
  return {
    'config.desk': ({ instanceId }) => ({ saveReloads: null, draft: drafts.get(instanceId) ?? null }),
    'config.keepDraft': ({ instanceId, text, baseSha256 }) => {
      if (text === null) drafts.delete(instanceId);
      else drafts.set(instanceId, { atMs: now(), baseSha256, text });
      return {};
    },
    'config.effective': ({ instanceId, text }) => effectiveOf(text ?? textOf(instanceId)),
    'config.history': ({ instanceId }) => ({
      path: '/home/me/hello/uwsgi.ini',
      mostVersions: 200,
      versions: [
        {
          id: 2,
          atMs: now() - 600_000,
          kind: 'saved',
          who: 'me on localhost',
          sha256: 'b',
          sizeBytes: textOf(instanceId).length,
          summary: 'processes 2 → 4',
          result: { status: 'done', text: 'reloaded', atMs: now() - 590_000, reloadId: null },
        },
        {
          id: 1,
          atMs: now() - 7_200_000,
          kind: 'seen',
          who: null,
          sha256: 'a',
          sizeBytes: textOf(instanceId).length,
          summary: null,
          result: { status: 'done', text: 'started', atMs: now() - 7_000_000, reloadId: null },
        },
      ],
    }),
    'config.version': ({ instanceId, versionId }) => ({
      text: versionId === 2 ? textOf(instanceId) : textOf(instanceId).replace('processes = 4', 'processes = 2'),
    }),
    'config.compare': () => ({ changes: [], summary: 'the same text', problems: [] }),
    'config.drift': () => ({
      status: 'same',
      loadedAtMs: now() - 590_000,
      basis: 'Compared with what the last reload read.',
      notes: [],
      changes: [],
    }),
  };
}

function effectiveOf(text: string): ConfigEffective {
  const options = text.split('\n').flatMap((content, index): ConfigEffective['options'] => {
    const [, key, value] = /^\s*([\w-]+)\s*=\s*(.*)$/.exec(content) ?? [];
    if (key === undefined || value === undefined) return [];
    const origin = { file: '/home/me/hello/uwsgi.ini', line: index + 1, via: [] };
    return [{ name: key, key, value, origin, status: 'in effect', effect: 'reload' }];
  });
  return { options, problems: [], notices: [], files: ['/home/me/hello/uwsgi.ini'], ini: text };
}
