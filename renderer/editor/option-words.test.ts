import { describe, expect, it } from 'vitest';
import type { ConfigTarget } from '../../electron/contract/model.ts';
import { findOption, type OptionInfo } from '../../engine/config/option-table.ts';
import { aliasWords, effectWords, headWords, helpWords, kindWords, takesWords, whereWords } from './option-words.ts';

function option(name: string): OptionInfo {
  const found = findOption(name);
  if (!found) throw new Error(`no option ${name}`);
  return found;
}

const uwsgi: ConfigTarget = { server: 'uwsgi', version: '2.0.21', binary: 'known', missing: ['snmp'], extra: [] };
const engine: ConfigTarget = { server: 'engine', version: '0.1.0', binary: 'known', missing: [], extra: [] };

describe('what the editor says about options', () => {
  it('names kind, default, letter and other names', () => {
    expect(headWords(option('processes'))).toMatch(/, default 1$/);
    expect(aliasWords(option('processes'), 'processes')).toBe('-p, workers');
    expect(aliasWords(option('workers'), 'workers')).toBe('-p, processes');
    expect(kindWords(option('harakiri'))).toBe('seconds');
  });

  it('says what it takes and when a change takes effect', () => {
    expect(takesWords(option('master'))).toContain('no value');
    expect(takesWords({ ...option('master'), choices: ['a', 'b'] })).toBe('One of a, b.');
    expect(effectWords({ ...option('listen'), effect: 'restart' })).toContain('a reload is not enough');
    expect(effectWords(option('if-env'))).toBeNull();
    expect(helpWords(option('master'))).toContain('master process');
  });

  it('goes by the server at hand where the engine and uWSGI differ', () => {
    expect(headWords(option('listen'), uwsgi)).toBe('connections, default 100');
    expect(headWords(option('listen'), engine)).toBe('connections, default 1024');
    expect(effectWords(option('logto'), uwsgi)).toContain('a reload is not enough');
    expect(effectWords(option('logto'), engine)).toContain('the next reload');
  });

  it('says where an option works, of the server at hand first', () => {
    expect(whereWords(option('harakiri'), null)).toBe('Works on uWSGI and on the bundled engine.');
    expect(whereWords(option('harakiri'), uwsgi)).toBe('Works on this server and on the bundled engine.');
    expect(whereWords(option('harakiri'), engine)).toBe('Works here and on uWSGI.');
    expect(whereWords(option('thunder-lock'), engine)).toContain('No effect here, on the bundled engine,');
    expect(whereWords(option('snmp'), uwsgi)).toContain('Not on this server: its uWSGI (2.0.21) does not have it.');
    expect(whereWords(option('snmp'), engine)).toContain('Not supported here');
    expect(whereWords({ ...option('harakiri'), since: '2.0.22' }, uwsgi)).toContain('Since 2.0.22.');
    expect(whereWords(option('js-app'), null)).toContain('uWSGI does not know it');
  });
});
