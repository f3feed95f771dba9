/**
 * Statistics.
 */
import { type Draft, flag, type OptionSection, readAddress } from './section.ts';

export const statsOptions: OptionSection = {
  data: `
stats | address | works | | Answers with the stats document on this address.
stats-http | flag | works | false | Puts an HTTP header in front of the stats document.
stats-minified | flag | works | false | Leaves blanks out of the stats document.
stats-no-cores | flag | works | false | Leaves the list of cores out of the stats document.
stats-no-metrics | flag | none: the document has no metrics yet | | Leaves metrics out of the stats document.
stats-push | list | no | | Sends the stats document somewhere at intervals.
memory-report | flag | works | false | Measures the memory of each worker, for stats and the request log.
snmp | string | no | | Answers SNMP.
enable-metrics | flag | no | | Keeps metrics.
`,
  readers: {
    stats: readStats,
    'stats-http': flag('statsHttp'),
    'stats-minified': flag('statsMinified'),
    'stats-no-cores': flag('statsNoCores'),
    'memory-report': flag('memoryReport'),
  },
};

function readStats(draft: Draft, value: string): string | null {
  const address = readAddress(draft, value);
  if (typeof address === 'string') return address;
  draft.settings.stats.push(address);
  return null;
}
