/**
 * Options with which uWSGI starts its master unasked, each tried on uWSGI 2.0.21. A line 'master = false' is stronger
 * than all of them, wherever it stands.
 */
import type { RuleConfig } from './rule-config.ts';

export const BRINGS_MASTER: readonly string[] = `
  cheap cheaper cheaper-initial idle evil-reload-on-rss evil-reload-on-as
  touch-reload touch-workers-reload touch-chain-reload touch-mules-reload touch-spoolers-reload
  touch-logrotate touch-logreopen touch-exec touch-signal reload-on-fd brutal-reload-on-fd
  fs-reload fs-brutal-reload fs-signal master-fifo check-mountpoint notify-socket
  stats stats-push stats-pusher-default-freq enable-metrics metric metrics-dir snmp carbon
  log-master threaded-logger log-maxsize logger req-logger log-encoder log-req-encoder
  log-route log-filter log-drain alarm alarm-backlog log-alarm alarm-segfault
  spooler spooler-external mule mules signal-timer signal-rbtimer rrdtool
  cron cron2 unique-cron legion-cron curl-cron daemons-honour-stdin
  attach-daemon attach-daemon2 smart-attach-daemon attach-control-daemon zerg-server
  subscribe-to subscribe2 py-autoreload perl-auto-reload py-tracebacker
`
  .trim()
  .split(/\s+/);

/** True when the server has a master, asked for or not. */
export function hasMaster(config: RuleConfig): boolean {
  return config.last('master') === null ? config.has(...BRINGS_MASTER) : config.isOn('master');
}
