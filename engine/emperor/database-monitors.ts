/** Opens the monitors that ask a database or listen to a broker. */
import process from 'node:process';
import type { EmperorSettings } from '../config/emperor-settings.ts';
import type { DatabaseMonitorSetting } from '../config/monitor-values.ts';
import { AmqpMonitor } from './amqp-monitor.ts';
import type { Monitor, MonitorPlace } from './monitors.ts';
import { postgresRows } from './postgres-rows.ts';
import { QueryMonitor } from './query-monitor.ts';
import { sqliteRows } from './sqlite-rows.ts';
import type { RowRules } from './vassal-rows.ts';

export function openDatabaseMonitor(
  setting: DatabaseMonitorSetting,
  { extraExtensions, isTyrant }: EmperorSettings,
  { env, cwd, log }: MonitorPlace,
): Monitor {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const rules: RowRules = { extraExtensions, isTyrant, folder: cwd, uid, gid };
  const { text } = setting;
  switch (setting.type) {
    case 'amqp':
      return new AmqpMonitor({ connection: setting.connection, text, rules, log });
    case 'postgres': {
      const source = postgresRows(setting.connection, setting.query, env);
      return new QueryMonitor({ source, text, secret: setting.connection.password, rules, log });
    }
    case 'sqlite':
      return new QueryMonitor({ source: sqliteRows(setting.path, setting.query), text, secret: null, rules, log });
  }
}
