/**
 * Metrics. Explained here, not supported yet.
 */
import type { OptionSection } from './section.ts';

export const metricsOptions: OptionSection = {
  data: `
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
