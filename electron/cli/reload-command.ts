/**
 * `reeve reload`: the reload flow of the console without a console. A core of its own, on a folder that is thrown
 * away, attaches to the server, plans, acts and watches through the same contract as a page does.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Params } from '../contract/api.ts';
import type { Instance } from '../contract/model.ts';
import type { ReloadMethod, ReloadPlan, ReloadRun } from '../contract/reload-model.ts';
import { reportJson } from '../contract/reload-report.ts';
import { isErrorCode } from '../core/errors.ts';
import { instancesFileSchema } from '../core/instances/record.ts';
import { LOCAL } from '../core/machine/machine.ts';
import { systemClock } from '../core/node-ports.ts';
import { checkText, hindrances } from '../core/reload/plan-trouble.ts';
import type { RpcClient } from '../rpc/client.ts';
import { consoleFolder } from './console-files.ts';
import { withOwnCore } from './own-core.ts';
import type { Parsed } from './parse-command.ts';
import { signIn, unlessStopped } from './sign-in.ts';
import { readTarget } from './stats-command.ts';
import { stopSignal } from './stop-signals.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

const FIRST_FIGURES_MS = 10_000;
const LOG_WAIT_MS = 3_000;

export async function runReload({ positionals, flags }: Parsed, terminal: Terminal): Promise<number> {
  const target = readTarget(positionals[0] ?? '', 'reload', terminal.cwd);
  const stopped = stopSignal();
  return withOwnCore(terminal, { command: 'reload' }, async (client) => {
    const known = await findInConsole(consoleFolder(terminal), target.text);
    if (target.machine !== LOCAL) await unlessStopped(stopped, signIn(client, target.machine, terminal));
    const instance = await unlessStopped(stopped, attach(client, { statsAddress: target.text, ...known }));
    return reload(client, instance, wishesOf(flags), terminal, stopped);
  });
}

interface Wishes {
  /** null: the one that is proposed. */
  method: string | null;
  sudo: boolean;
  json: boolean;
  confirmedName: string | undefined;
}

function wishesOf(flags: Parsed['flags']): Wishes {
  const [method, confirm] = [flags.get('method'), flags.get('confirm')];
  return {
    method: typeof method === 'string' ? method : null,
    sudo: flags.has('sudo'),
    json: flags.has('json'),
    confirmedName: typeof confirm === 'string' ? confirm : undefined,
  };
}

async function reload(
  client: RpcClient,
  instance: Instance,
  wishes: Wishes,
  terminal: Terminal,
  stopped: Promise<void>,
): Promise<number> {
  const plan = await client.call('reload.plan', { instanceId: instance.id, sudo: wishes.sudo });
  const method = chooseMethod(plan, instance, wishes.method);
  refuseWhenCheckFails(plan, method, terminal);
  terminal.err(
    `${instance.name} (master pid ${instance.masterPid ?? 'not known'}): ${method.title} (${method.option})`,
  );
  if (wishes.method === null && plan.why !== null) terminal.err(plan.why);
  for (const line of method.action) terminal.err(`  ${line}`);

  const finished = Promise.withResolvers<ReloadRun>();
  const follow = followRun(terminal);
  client.on('reload.changed', (run) => {
    follow(run);
    if (run.phase === 'finished') finished.resolve(run);
  });
  const { id } = await client.call('reload.start', {
    instanceId: instance.id,
    method: method.id,
    confirmedName: wishes.confirmedName,
    sudo: wishes.sudo,
  });
  stopped
    .then(async () => client.call('reload.stopWatching', { reloadId: id }))
    .then(finished.resolve, finished.reject);
  const run = await withLog(await finished.promise, client);
  const { verdict } = run;
  if (verdict === null) throw new Error('a reload finished without a verdict');
  if (wishes.json) terminal.out(reportJson(run).trimEnd());
  else {
    terminal.out(verdict.title);
    if (verdict.detail !== '') terminal.out(verdict.detail);
    for (const line of run.logTail) terminal.out(`  ${line}`);
  }
  return verdict.status === 'done' ? EXIT.done : EXIT.failed;
}

/** What the console of this user calls it, and whether its tags make it read-only. */
async function findInConsole(folder: string, statsAddress: string): Promise<{ name?: string; tags?: string[] }> {
  try {
    const text = await readFile(join(folder, 'instances.json'), 'utf8');
    const { instances } = instancesFileSchema.parse(JSON.parse(text));
    const record = instances.find((candidate) => candidate.statsAddress === statsAddress);
    return record === undefined ? {} : { name: record.name, tags: record.tags };
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return {};
    throw error;
  }
}

/** Resolves when there are figures to plan with. */
async function attach(client: RpcClient, target: Params<'instances.attach'>): Promise<Instance> {
  const attached = Promise.withResolvers<Instance>();
  const settle = (instance: Instance): void => {
    if (instance.link.status === 'attached' && instance.figures !== null) attached.resolve(instance);
  };
  const stopListening = client.on('instances.changed', ({ changed }) => changed.forEach(settle));
  const cancel = systemClock.setTimer(() => {
    attached.reject(
      new CommandError(`${target.statsAddress} answered once and then no more.`, 'Look whether the server still runs.'),
    );
  }, FIRST_FIGURES_MS);
  try {
    // Figures, or that there are none, may be told before the call is answered.
    const given = client.call('instances.attach', target).then(settle);
    return await Promise.race([attached.promise, given.then(async () => attached.promise)]);
  } finally {
    cancel();
    stopListening();
  }
}

/** The log of a server that failed is read after the verdict; it is worth a moment. */
async function withLog(run: ReloadRun, client: RpcClient): Promise<ReloadRun> {
  if (run.verdict?.status !== 'failed' && run.verdict?.status !== 'died') return run;
  const { promise, resolve } = Promise.withResolvers<void>();
  const stopListening = client.on('reload.changed', ({ id }) => {
    if (id === run.id) resolve();
  });
  const cancel = systemClock.setTimer(resolve, LOG_WAIT_MS);
  await promise;
  cancel();
  stopListening();
  return client.call('reload.get', { reloadId: run.id });
}

function chooseMethod(plan: ReloadPlan, instance: Instance, wanted: string | null): ReloadMethod {
  const asked = plan.methods.find(({ id }) => id === wanted);
  if (wanted !== null) {
    if (asked?.enabled === true) return asked;
    const known = plan.methods.map(({ id }) => id).join(', ');
    throw new CommandError(
      `${instance.name} can not be reloaded by ${wanted}: ${asked?.whyNot ?? 'there is no such method here.'}`,
      `Choose another of ${known}, or none for the proposed one.`,
    );
  }
  const method = plan.methods.find(({ id }) => id === plan.recommended);
  if (method !== undefined) return method;
  // Of a file that can't be read, it is not known either which ways it names.
  const config = plan.checks.find(({ id, status }) => id === 'config' && status === 'fail');
  if (config !== undefined) throw notReloaded(checkText(config));
  const reasons = plan.methods.map(({ title, whyNot }) => `${title}: ${whyNot ?? 'not possible'}`);
  throw new CommandError(
    [`${instance.name} can not be reloaded from here.`, ...reasons].join('\n  '),
    `Add 'master-fifo = /run/…' or 'touch-reload = /…' to its configuration, or act as the user of the server${plan.sudo ? '.' : ', or by sudo (--sudo).'}`,
  );
}

function refuseWhenCheckFails(plan: ReloadPlan, method: ReloadMethod, terminal: Terminal): void {
  const [failed] = hindrances(plan, method);
  if (failed !== undefined) throw notReloaded(failed);
  for (const check of plan.checks) {
    if (check.status !== 'pass') terminal.err(`Warning: ${checkText(check)}`);
  }
}

function notReloaded(reason: string): CommandError {
  return new CommandError(`Not reloaded: ${reason}`, 'Nothing was done. Mend this and try again.');
}

/** Prints what is new in the log of the reload, with the time since its start. */
function followRun(terminal: Terminal): (run: ReloadRun) => void {
  let printed = 0;
  return (run) => {
    const lines = run.log.slice(printed);
    printed = run.log.length;
    for (const { atMs, text } of lines) {
      terminal.err(`${((atMs - run.startedAtMs) / 1000).toFixed(1).padStart(6)} s  ${text}`);
    }
  };
}
