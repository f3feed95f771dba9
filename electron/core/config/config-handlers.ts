/**
 * The methods of the contract about one instance's configuration file: read, check, save over the version that was
 * read. Each a few lines; who does the work stands beside this file.
 */
import type { CheckTarget } from '../../../engine/config/diagnostics.ts';
import { formatByExtension } from '../../../engine/config/sources.ts';
import type { ConfigFile } from '../../contract/model.ts';
import { type AuditRecord, hostKeyOf } from '../audit/audit-log.ts';
import { CoreError } from '../errors.ts';
import type { HandlerContext, Part } from '../handlers.ts';
import type { Instance } from '../instances/instance.ts';
import type { Ports } from '../ports.ts';
import { requireName } from '../reload/read-only.ts';
import { plainEvent } from '../samples/poll-events.ts';
import { type ConfigText, readConfigText } from './config-files.ts';
import { configPathOf } from './config-path.ts';
import { ConfigTargets } from './config-target.ts';
import { deskHandlers } from './desk-handlers.ts';
import { diagnose } from './diagnose.ts';
import { editorHandlers } from './editor-handlers.ts';
import { LiveFigureDesk } from './live-facts.ts';
import { saveReloads } from './save-effect.ts';
import { serverStartOf } from './server-start.ts';

export function configHandlers(context: HandlerContext): Part<'config'> {
  const { ports, registry, versions } = context;
  const targets = new ConfigTargets(ports);
  const live = new LiveFigureDesk(ports, context.reloads);
  const toConfigFile = async (read: ConfigText, instance: Instance): Promise<ConfigFile> => {
    const { path, text, version, writable } = read;
    // Looked for at the same time as the target: behind a link each takes its time.
    const start = serverStartOf(instance, ports);
    start.catch(() => {
      // Told by the check.
    });
    const target = await targets.targetOf(instance);
    return {
      path,
      text,
      version,
      // The editor and the form know INI; files of another format are shown only.
      writable: writable && formatOf(path) === 'INI',
      readAtMs: ports.clock.now(),
      diagnostics: await check(instance, text, target.check, ports),
    };
  };
  return {
    ...editorHandlers(context),
    ...deskHandlers(context),
    'config.target': async ({ instanceId }) => (await targets.targetOf(registry.get(instanceId))).view,
    'config.figures': async ({ instanceId }) => live.figuresOf(registry.get(instanceId)),
    'config.read': async ({ instanceId }) => {
      const instance = registry.get(instanceId);
      const path = configPathOf(instance);
      const file = await readConfigText(instance.machine, path);
      const [answer] = await Promise.all([toConfigFile(file, instance), versions.noteDisk(instance, [path])]);
      return answer;
    },
    'config.check': async ({ instanceId, text }) => {
      const instance = registry.get(instanceId);
      const target = await targets.targetOf(instance);
      return check(instance, text, target.check, ports);
    },
    'config.save': async ({ instanceId, text, baseVersion, makeAnew, confirmedName }) => {
      const instance = registry.get(instanceId);
      const path = configPathOf(instance);
      const format = formatOf(path);
      if (format !== 'INI') throw new CoreError('config-format', { path, format });
      if (instance.isReadOnly && (await saveReloads(instance, path)) !== null) requireName(instance, confirmedName);
      const wasTrusted = await isTrusted(instance, context);
      const outcome = await context.audit.around(
        saveRecord(instance, path, text),
        async () =>
          (makeAnew === true
            ? versions.makeAnew(instance, path, text)
            : versions.save(instance, path, text, baseVersion)
          ).catch((error: unknown) => {
            throw notSaved(path, error);
          }),
        ({ status }) => NOT_SAVED[status],
      );
      if (outcome.status === 'gone') return outcome;
      if (outcome.status === 'conflict') {
        return { status: 'conflict', disk: await toConfigFile(outcome.disk, instance) };
      }
      instance.addEvent(plainEvent(ports.clock.now(), 'config', 'Configuration saved', path));
      if (wasTrusted) await keepTrust(path, context);
      return {
        status: 'saved',
        file: await toConfigFile(outcome.file, instance),
        reloadsOnSave: (await saveReloads(instance, path)) !== null,
      };
    },
  };
}

const NOT_SAVED = {
  saved: { result: 'done' },
  conflict: { result: 'refused', reason: 'It was changed there meanwhile.' },
  gone: { result: 'refused', reason: 'It is not there any more.' },
} as const;

function saveRecord({ record, machine }: Instance, path: string, text: string): Omit<AuditRecord, 'result'> {
  const detail = `${path}, ${Buffer.byteLength(text)} bytes`;
  return { action: 'config.save', instance: record.name, machine: machine.id, hostKey: hostKeyOf(machine), detail };
}

/** An error of the link, in the words of the save. */
function notSaved(path: string, error: unknown): unknown {
  if (!(error instanceof CoreError) || !error.code.startsWith('ssh-')) return error;
  return new CoreError('config-not-saved', { path, reason: error.message, next: error.hint }, { cause: error });
}

function formatOf(path: string): string {
  return formatByExtension(path) ?? 'INI';
}

async function check(
  instance: Instance,
  text: string,
  target: CheckTarget,
  ports: Ports,
): Promise<ConfigFile['diagnostics']> {
  const start = await serverStartOf(instance, ports);
  const { version } = start;
  const { machine } = instance;
  // Of an environment that can't be seen, this one is the nearest, on the same machine.
  const env = start.env ?? (machine.isLocal ? ports.env : {});
  return diagnose({ machine, path: configPathOf(instance), text, target, env, version, start });
}

async function isTrusted(instance: Instance, { engines }: HandlerContext): Promise<boolean> {
  if (instance.record.kind !== 'engine') return false;
  // Of a file that is gone nobody knows what was accepted: then it is asked again before a start.
  const inspection = await engines.inspect(configPathOf(instance)).catch(() => null);
  return inspection !== null && (inspection.trusted || inspection.commands.length === 0);
}

/** Who writes a command into a file that was trusted has seen it. */
async function keepTrust(path: string, { engines, trust }: HandlerContext): Promise<void> {
  const { digest } = await engines.inspect(path);
  await trust.accept(path, digest);
}
