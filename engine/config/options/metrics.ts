/**
 * Metrics: the built-in ones, those of the configuration, and alarms about them.
 */
import { parseMetric, parseThreshold } from '../metric-values.ts';
import { type OptionSection, readFlag, readPath } from './section.ts';

export const metricsOptions: OptionSection = {
  data: `
enable-metrics | flag | works | | Counts and measures for statistics, alarms and the application.
metric | list | works | | Adds a metric: its name, or name=,type=,collector= and more.
metric-threshold | list | works | | Raises an alarm when a metric reaches a value: key=,value=,alarm= and if wanted rate=, msg=, reset=.
metrics-dir | path | works | | Folder in which a file for each metric has its value.
metrics-dir-restore | flag | works | | Begins with the values that the files of 'metrics-dir' have.
metric-dir | path | works | | As 'metrics-dir', by another name.
metric-dir-restore | flag | works | | As 'metrics-dir-restore', by another name.
metrics-no-cores | flag | works | | Keeps no metrics of single cores.
snmp | string | no: the engine has no SNMP agent; 'prometheus' and 'stats' have the same figures | | Answers SNMP on the address of 'udp', or on this one.
snmp-community | string | no: the engine has no SNMP agent | | Word that requests to the SNMP agent must know.
rrdtool | list | no: the engine writes no round-robin databases; 'metrics-dir' and 'prometheus' have the same figures | | Folder in which the metrics are kept as round-robin databases.
rrdtool-freq | seconds | no: the engine writes no round-robin databases; 'metrics-dir' and 'prometheus' have the same figures | | Time between two writes to the round-robin databases.
rrdtool-lib | string | no: the engine writes no round-robin databases; 'metrics-dir' and 'prometheus' have the same figures | librrd.so | Library that writes the round-robin databases.
zabbix-template | path | no: the engine speaks no Zabbix; 'prometheus' has the same figures | | Writes a Zabbix template of all metrics to this file, or prints it.
`,
  readers: {
    'enable-metrics': readFlag((settings, isOn) => (settings.metrics.isOn = isOn)),
    metric: ({ settings, folder }, value) => {
      const metric = parseMetric(value, folder);
      if (typeof metric === 'string') return metric;
      if (settings.metrics.metrics.some(({ name }) => name === metric.name))
        return 'names a metric that there is already.';
      settings.metrics.metrics.push(metric);
      return null;
    },
    'metric-threshold': ({ settings }, value) => {
      const threshold = parseThreshold(value);
      if (typeof threshold === 'string') return threshold;
      settings.metrics.thresholds.push(threshold);
      return null;
    },
    'metrics-dir': readPath((settings, path) => (settings.metrics.folder = path)),
    'metric-dir': readPath((settings, path) => (settings.metrics.folder = path)),
    'metrics-dir-restore': readFlag((settings, isOn) => (settings.metrics.restores = isOn)),
    'metric-dir-restore': readFlag((settings, isOn) => (settings.metrics.restores = isOn)),
    'metrics-no-cores': readFlag((settings, isOn) => (settings.metrics.noCores = isOn)),
  },
};
