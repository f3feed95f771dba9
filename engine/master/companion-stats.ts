/** What the stats document shows of mules, signals and timers. */
import type { StatsMule, StatsSignal, StatsTimer } from '../api/stats.ts';
import type { CommonsReport } from '../commons/state.ts';
import type { EngineSettings } from '../config/settings.ts';
import { type CompanionsState, companionKey, companionOf } from './companions.ts';
import type { SignalDesk } from './signal-desk.ts';

export interface CompanionStats {
  mules: StatsMule[];
  signals: StatsSignal[];
  timers: StatsTimer[];
  /** Signals that wait. */
  queued: number;
  /** What a worker does with signals. */
  reportOf: SignalDesk['reportOf'];
}

export function companionStats(
  state: CompanionsState,
  desk: SignalDesk,
  settings: EngineSettings,
  { mailboxes }: CommonsReport,
): CompanionStats {
  const waiting = new Map(mailboxes);
  const mules: StatsMule[] = [];
  for (const setting of settings.companions) {
    if (setting.role !== 'mule') continue;
    const process = companionOf(state, setting);
    const seat = state.seats.get(companionKey(setting));
    const report = desk.reportOf(process?.spawnId ?? 0);
    mules.push({
      id: setting.number,
      pid: process?.pid ?? 0,
      command: setting.command,
      farms: setting.farms.join(','),
      status: statusOf(process?.pid ?? 0, report),
      queue: waiting.get(`mule ${setting.number}`) ?? 0,
      signals: report.signals,
      respawn_count: seat?.spawns ?? 0,
      last_spawn: Math.floor((seat?.lastSpawnMs ?? 0) / 1000),
    });
  }
  const { signals, timers, queued } = desk;
  return { mules, signals, timers, queued, reportOf: (spawnId) => desk.reportOf(spawnId) };
}

function statusOf(pid: number, { running, isBusy }: ReturnType<SignalDesk['reportOf']>): string {
  if (pid === 0) return 'cheap';
  if (running !== null) return `sig${running}`;
  return isBusy ? 'busy' : 'idle';
}
