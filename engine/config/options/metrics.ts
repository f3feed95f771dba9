/**
 * Alarms and metrics. Explained here, not supported yet.
 */
import type { OptionSection } from './section.ts';

export const metricsOptions: OptionSection = {
  data: `
alarm | list | no | | Names an alarm and what it does: NAME PLUGIN:ARGUMENT.
log-alarm | list | no | | Raises an alarm for lines that match an expression: ALARM EXPRESSION.
not-log-alarm | list | no | | Spares lines that match an expression from alarms: ALARM EXPRESSION.
alarm-backlog | list | no | | Raises this alarm when the listen queue is full.
alarm-fd | list | no | | Raises an alarm when a descriptor can be read: ALARM DESCRIPTOR[:BYTES] [TEXT].
alarm-segfault | list | no | | Raises this alarm when a process of the server crashes.
alarm-freq | seconds | no | 3 | Time during which an alarm with the same text is not raised again.
alarm-cheap | flag | no | | Sends alarms over HTTP from the one thread of all alarms.
alarm-msg-size | bytes | no | 8192 | Longest text of an alarm.
alarm-list | flag | no | | Lists the kinds of alarms.
metric | list | no | | Adds a metric: its name, or name=,type=,collector= and more.
metric-threshold | list | no | | Raises an alarm when a metric reaches a value: key=,value=,alarm= and if wanted rate=, msg=, reset=.
metrics-dir | path | no | | Folder in which a file for each metric has its value.
metrics-dir-restore | flag | no | | Begins with the values that the files of 'metrics-dir' have.
metric-dir | path | no | | As 'metrics-dir', by another name.
metric-dir-restore | flag | no | | As 'metrics-dir-restore', by another name.
metrics-no-cores | flag | no | | Keeps no metrics of single cores.
snmp-community | string | no | | Word that requests to the SNMP agent must know.
rrdtool | list | no | | Folder in which the metrics are kept as round-robin databases.
rrdtool-freq | seconds | no | | Time between two writes to the round-robin databases.
rrdtool-lib | string | no | librrd.so | Library that writes the round-robin databases.
zabbix-template | path | no | | Writes a Zabbix template of all metrics to this file, or prints it.
`,
  readers: {},
};
