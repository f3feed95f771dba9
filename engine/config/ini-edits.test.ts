import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OptionLine, parseIni, printIni } from './ini-document.ts';
import {
  addValue,
  commentIn,
  commentOut,
  removeValue,
  setFlag,
  setOption,
  setValue,
  swapValues,
  unsetOption,
} from './ini-edits.ts';
import { commentedOptions, mainName, optionPlaces } from './ini-places.ts';
import { resolveConfig } from './resolve.ts';
import { memoryHost } from './test-host.ts';
import { applyEdits } from './text-edit.ts';

function set(text: string, name: string, value: string, section = 'uwsgi'): string {
  return applyEdits(text, setOption(parseIni(text), section, name, value));
}

/** What becomes of this line when `master` is switched. */
function switched(line: string, isSet: boolean): string | undefined {
  const text = `[uwsgi]\n${line}\n`;
  return applyEdits(text, setFlag(parseIni(text), 'uwsgi', 'master', isSet)).split('\n')[1];
}

function lineOf(text: string, number: number): OptionLine {
  const line = parseIni(text).lines[number - 1];
  if (line?.type !== 'option') throw new Error(`Line ${number} is no option.`);
  return line;
}

describe('setOption', () => {
  it('changes the value and nothing else of its line', () => {
    expect(set('[uwsgi]\n\t processes=2  \n; end\n', 'processes', '4')).toBe('[uwsgi]\n\t processes=4  \n; end\n');
    expect(set('[uwsgi]\r\nprocesses = 2\r\n', 'processes', '4')).toBe('[uwsgi]\r\nprocesses = 4\r\n');
  });

  it('knows an option by its other names', () => {
    expect(set('[uwsgi]\nworkers = 2\n', 'processes', '4')).toBe('[uwsgi]\nworkers = 4\n');
    expect(set('[uwsgi]\nprocesses = 2\n', 'workers', '4')).toBe('[uwsgi]\nprocesses = 4\n');
  });

  it('changes the line that wins when there are two', () => {
    expect(set('[uwsgi]\nprocesses = 2\nworkers = 3\n', 'processes', '4')).toBe(
      '[uwsgi]\nprocesses = 2\nworkers = 4\n',
    );
  });

  it('gives a bare name and an empty value what they lack', () => {
    expect(set('[uwsgi]\nmaster\n', 'master', 'true')).toBe('[uwsgi]\nmaster = true\n');
    expect(set('[uwsgi]\nchdir=/a\nmaster\n', 'master', 'true')).toBe('[uwsgi]\nchdir=/a\nmaster=true\n');
    expect(set('[uwsgi]\nprocesses = \n', 'processes', '4')).toBe('[uwsgi]\nprocesses = 4\n');
    expect(set('[uwsgi]\nprocesses=\n', 'processes', '4')).toBe('[uwsgi]\nprocesses=4\n');
  });

  it('makes no edit when the value is there already', () => {
    expect(setOption(parseIni('[uwsgi]\nprocesses = 4\n'), 'uwsgi', 'workers', '4')).toEqual([]);
  });

  it('leaves what a condition gives alone', () => {
    const text = '[uwsgi]\nif-env = PROD\nprocesses = 8\nendif =\nmaster = true\n';
    expect(set(text, 'processes', '4')).toContain('processes = 8\nendif =\nmaster = true\nprocesses = 4\n');
  });

  it('puts a new line below its group', () => {
    const text = '[uwsgi]\n; workers\nprocesses = 4\n\n; sockets\nsocket = :3031\n';
    expect(set(text, 'threads', '2')).toBe(
      '[uwsgi]\n; workers\nprocesses = 4\nthreads = 2\n\n; sockets\nsocket = :3031\n',
    );
  });

  it('puts a new line at the end of its section, above what belongs to the next', () => {
    const text = '[uwsgi]\nmaster = true\n\n; the other one\n[other]\nprocesses = 9\n';
    expect(set(text, 'logto', '/tmp/log')).toBe(
      '[uwsgi]\nmaster = true\nlogto = /tmp/log\n\n; the other one\n[other]\nprocesses = 9\n',
    );
    expect(set('[uwsgi]\n\n[other]\n', 'master', 'true')).toBe('[uwsgi]\nmaster = true\n\n[other]\n');
  });

  it('never lands within a condition, not even one that is left open', () => {
    expect(set('[uwsgi]\nif-env = X\nthreads = 2\n', 'processes', '4')).toBe(
      '[uwsgi]\nprocesses = 4\nif-env = X\nthreads = 2\n',
    );
  });

  it('stays below the line that loads its plugin', () => {
    const text = '[uwsgi]\nvirtualenv = /v\nplugins = python3\nmaster = true\n';
    expect(set(text, 'callable', 'app')).toBe(
      '[uwsgi]\nvirtualenv = /v\nplugins = python3\ncallable = app\nmaster = true\n',
    );
  });

  it('writes as the lines around it are written', () => {
    expect(set('[uwsgi]\n  processes  = 4\n', 'threads', '2')).toBe('[uwsgi]\n  processes  = 4\n  threads    = 2\n');
    expect(set('[uwsgi]\nprocesses=4', 'threads', '2')).toBe('[uwsgi]\nprocesses=4\nthreads=2\n');
    expect(set('[uwsgi]\r\nprocesses = 4\r\n', 'threads', '2')).toBe('[uwsgi]\r\nprocesses = 4\r\nthreads = 2\r\n');
  });

  it('makes the section when it is not there', () => {
    expect(set('', 'processes', '4')).toBe('[uwsgi]\nprocesses = 4\n');
    expect(set('[a]\nb = c\n', 'processes', '4')).toBe('[a]\nb = c\n\n[uwsgi]\nprocesses = 4\n');
  });

  it('keeps a pasted value on one line', () => {
    expect(set('[uwsgi]\nprocesses = 2\n', 'processes', ' 4\nmaster = true\r\n')).toBe(
      '[uwsgi]\nprocesses = 4 master = true\n',
    );
  });
});

describe('other edits', () => {
  it('takes every unconditional line of an option away', () => {
    const text = '[uwsgi]\n; how many\nworkers = 2\nif-env = A\nprocesses = 8\nend\nprocesses = 3';
    expect(applyEdits(text, unsetOption(parseIni(text), 'uwsgi', 'processes'))).toBe(
      '[uwsgi]\n; how many\nif-env = A\nprocesses = 8\nend\n',
    );
  });

  it('switches in the words of the line', () => {
    expect(switched('master = yes', false)).toBe('master = no');
    expect(switched('master = 1', false)).toBe('master = 0');
    expect(switched('master = OFF', true)).toBe('master = ON');
    expect(switched('master', false)).toBe('master = false');
    expect(switched('master = yes', true)).toBe('master = yes');
    expect(switched('; nothing', true)).toBe('; nothing');
  });

  it('adds a value below its others, removes and moves one', () => {
    const text = '[uwsgi]\nenv = A=1\nmaster = true\nenv = B=2\n';
    const added = applyEdits(text, addValue(parseIni(text), 'uwsgi', 'env', 'C=3'));
    expect(added).toBe('[uwsgi]\nenv = A=1\nmaster = true\nenv = B=2\nenv = C=3\n');
    expect(applyEdits(text, removeValue(lineOf(text, 2)))).toBe('[uwsgi]\nmaster = true\nenv = B=2\n');
    expect(applyEdits(text, swapValues(lineOf(text, 2), lineOf(text, 4)))).toBe(
      '[uwsgi]\nenv = B=2\nmaster = true\nenv = A=1\n',
    );
  });

  it('comments out with the mark of the file, and in again', () => {
    for (const [text, mark] of [
      ['[uwsgi]\n  processes = 2\n', ';'],
      ['[uwsgi]\n  processes = 2\n# a\n', '#'],
    ] as const) {
      const commented = applyEdits(text, commentOut(parseIni(text), lineOf(text, 2)));
      expect(commented.split('\n')[1]).toBe(`  ${mark} processes = 2`);
      const [found] = commentedOptions(parseIni(commented), 'uwsgi');
      expect(found).toMatchObject({ name: 'processes', value: '2', line: { number: 2 } });
      expect(applyEdits(commented, found === undefined ? [] : commentIn(found.line))).toBe(text);
    }
  });

  it('takes no prose for an option that is commented out', () => {
    expect(
      commentedOptions(parseIni('[uwsgi]\n; see the docs = there\n; processes\n[b]\n;threads=2\n'), 'uwsgi'),
    ).toEqual([]);
  });
});

const name = fc.constantFrom('processes', 'workers', 'threads', 'chdir', 'env', 'master', 'unheard-of', 'listen');
const plainValue = fc.stringMatching(/^[A-Za-z0-9/][A-Za-z0-9/:.=;#_-]{0,11}$/);
const iniLine = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(name, fc.constantFrom('=', ' = ', '\t=  '), plainValue).map((part) => part.join('')),
  },
  fc.constantFrom(
    '',
    '; note',
    '# processes = 1',
    '[uwsgi]',
    '[other]',
    'if-env = HOME',
    'for = a b',
    'end',
    ' x',
    'master',
  ),
);
const iniText = fc
  .tuple(fc.array(iniLine, { maxLength: 25 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([lines, end, isEnded]) => lines.join(end) + (isEnded ? end : ''));

/** Without their ends, and without the empty one behind the last end. */
function linesOf(text: string): string[] {
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}

describe('any form edit', () => {
  it('changes or adds one line, keeps all others to the byte, and is read back', () => {
    fc.assert(
      fc.property(iniText, name, plainValue, (text, option, value) => {
        const document = parseIni(text);
        const had = optionPlaces(document, 'uwsgi').some(
          (place) => place.condition === null && place.name === mainName(option),
        );
        const isThere = document.lines.some((line) => line.type === 'section' && line.name === 'uwsgi');
        const after = set(text, option, value);
        expect(printIni(document)).toBe(text);
        const before = linesOf(text);
        const now = linesOf(after);
        if (had) {
          expect(now).toHaveLength(before.length);
          expect(now.filter((line, index) => line !== before[index]).length).toBeLessThanOrEqual(1);
          expect(after.endsWith('\n')).toBe(text.endsWith('\n'));
        } else if (isThere) {
          const added = now.findIndex((line, index) => line !== before[index]);
          expect(now.toSpliced(added, 1)).toEqual(before);
        } else {
          expect(after.startsWith(text)).toBe(true);
        }
        const written = optionPlaces(parseIni(after), 'uwsgi').findLast(
          (place) => place.condition === null && place.name === mainName(option),
        );
        expect(written?.line.value).toBe(value);
      }),
    );
  });

  it('takes effect: what is resolved has the new value', () => {
    const plain = fc.tuple(
      fc.array(
        iniLine.filter((line) => !/^(if|for|end)/.test(line)),
        { maxLength: 15 },
      ),
      plainValue,
    );
    fc.assert(
      fc.property(plain, ([lines, value]) => {
        const text = set(lines.join('\n'), 'logto', value);
        const resolved = resolveConfig(['--ini', 'a.ini'], memoryHost({ 'a.ini': text }));
        expect(resolved.ok && resolved.applied.findLast(({ key }) => key === 'logto')?.value).toBe(value);
      }),
    );
  });

  it('is taken back by unset when the line is new', () => {
    fc.assert(
      fc.property(iniText, plainValue, (text, value) => {
        const document = parseIni(text);
        fc.pre(document.lines.some((line) => line.type === 'section' && line.name === 'uwsgi'));
        const added = set(text, 'logto', value);
        const back = applyEdits(added, unsetOption(parseIni(added), 'uwsgi', 'logto'));
        expect(back.replace(/\r?\n$/, '')).toBe(text.replace(/\r?\n$/, ''));
      }),
    );
  });

  it('never throws, whatever the text is, and only ever touches lines of its section', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (text, option, value) => {
        const document = parseIni(text);
        for (const edits of [
          setOption(document, 'uwsgi', option, value),
          setFlag(document, 'uwsgi', option, true),
          addValue(document, 'uwsgi', option, value),
          unsetOption(document, 'uwsgi', option),
        ]) {
          applyEdits(text, edits);
        }
        for (const line of document.lines) {
          if (line.type === 'comment') applyEdits(text, commentIn(line));
          if (line.type !== 'option') continue;
          const changed = applyEdits(text, setValue(document, line, value));
          expect(changed.split('\n')).toHaveLength(text.split('\n').length);
        }
      }),
    );
  });
});
