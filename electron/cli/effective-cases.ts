/**
 * Generated configurations for the comparison with the real uWSGI (effective.proc.test.ts): files of every format,
 * composed from the grammar of the language, with the arguments and the environment to read them with.
 */
import * as fc from 'fast-check';

export interface ConfigCase {
  files: Record<string, string>;
  argv: string[];
  env: Record<string, string>;
}

/** Files that were once read otherwise than uWSGI reads them; the first one is what is started. */
export const ONCE_DIFFERENT: readonly Record<string, string>[] = [
  { 'uwsgi.ini': '[uwsgi]\na = @(v)\nb = <@(cr)>@(nul)\n', v: 'x\r', cr: 'y\r\n', nul: 'z\0more' },
  { 'uwsgi.ini': '[uwsgi]\nfor-readline = gone\na = %(_)\nb = 1\nendfor =\nc = 1\n' },
  { 'uwsgi.ini': '[uwsgi]\nfor-readline = .\na = %(_)\nendfor =\nc = 1\n' },
  { 'uwsgi.ini': '[uwsgi]\nfor-glob = */\na = %(_)\nend =\nfor-glob = s*\nb = %(_)\n', 'sub/x': '', s: '' },
  { 'uwsgi.ini': '[uwsgi]\nfor-glob = [z-a]\na = %(_)\nend =\nfor-glob = s\\*\nb = %(_)\n', 's*': '', sx: '' },
  { 'uwsgi.ini': '[uwsgi]\nif-file = v/\na = 1\nendif =\nif-exists = sub/\nb = 1\n', v: '', 'sub/x': '' },
  { 'uwsgi.ini': '[uwsgi]\nresolve = r=127.1\nresolve = s=010.1\na = %(r) %(s)\n' },
  { 'uwsgi.ini': '[uwsgi]\nresolve = r=256.1.1.1\n' },
  { 'uwsgi.ini': '[uwsgi]\nresolve = processes=127.0.0.1\n' },
  { 'uwsgi.ini': '[uwsgi]\nlisten = 4294967301\nlisten = 2147483648\n' },
  { 'uwsgi.ini': '[uwsgi]\nprocesses = 18446744073709551616\n' },
  { 'uwsgi.ini': '[uwsgi]\nini =\n' },
  { 'uwsgi.ini': '[uwsgi]\njson = :two\n' },
  { 'uwsgi.ini': '[uwsgi]\nxml = :two\n' },
  { 'uwsgi.ini': '[uwsgi]\nxml = gone.xml:two\n' },
  { 'uwsgi.ini': '[uwsgi]\ninject-before =\nini = b.ini\n', 'b.ini': '[uwsgi]\nb = 1\n' },
  { 'app.json': '{"uwsgi":{"a":1}}\0x' },
  { 'app.json': '{"uwsgi":{"a":1}}/*' },
  { 'app.yaml': 'uwsgi:\r  a: 1\r  b: 2\rlast: 3\r' },
  { 'app.xml': '\n\n<uwsgi>\n<a>1</a></uwsgi>' },
];

const NAMES = ['a', 'b', 'c', 'x', 'n', 'my.name', 'master', 'processes', 'env', 'pidfile', 'foo-bar', 'k k'];
const PIECES = [
  '1', '2', '007', '-3', 'x y', 'word', 'é', '; no', '# no', '=', 'true', 'off', '50%%', '%', '%q', '%n', '%d', '%x', '%s', '%o', '%e', '%c', '%N',
  '%S', '%0', '%9', '%V', '%(a)', '%(b)', '%(c)', '%(x)', '%(_)', '%(a b)', '%(n + 1)', '%(n - a)', '%(n * 3)', '%(a / b)', '%(n ++)', '%(n --)',
  '%(none)', '%(a none)', '%()', '%(a', 'a)', '%( a )', '%(a(b))', '$(HOME2)', '$(NONE)', '$(A_B)', '$(', '@(v.txt)', '@(empty)', '%(master)', '%(x  y)',
] as const; // biome-ignore format: one list

const value = fc
  .array(fc.constantFrom(...PIECES), { minLength: 0, maxLength: 3 })
  .chain((pieces) => fc.constantFrom('', ' ', '-').map((between) => pieces.join(between)));
const name = fc.constantFrom(...NAMES);
const blank = fc.constantFrom('', ' ', '\t', '  ', '\r');

const condition = fc.constantFrom(
  'if-env = HOME2', 'if-env = NONE', 'if-env = A_B=two', 'if-env = A_B=three', 'if-not-env = NONE', 'if-opt = a', 'if-opt = a=1',
  'if-not-opt = b', 'if-not-opt = a=1', 'if-opt = master=true', 'if-exists = v.txt', 'if-not-exists = nope', 'if-file = v.txt', 'if-dir = .',
  'if-not-dir = v.txt', 'if-file = .', 'if-reload =', 'if-not-reload =', 'ifdef = x', 'if-hostname = nope', 'if-not-hostname = nope',
  'if-hostname-match = .*', 'if-plugin = nope', 'if-env =', 'if-opt =', 'if-exists =', 'if-not-file =', 'if-directory = .', 'ifenv = HOME2', 'ifdir = .', 'if-exists = %(a)', 'if-opt = %(a)',
); // biome-ignore format: one list
const loop = fc.constantFrom(
  'for = 1 2 3', 'for = one', 'for =', 'for = a  b', 'for-times = 2', 'for-times = 0', 'for-times = x', 'for-readline = v.txt',
  'for-readline = lines', 'for-glob = *.ini', 'for-glob = nope*', 'for-glob = part.?aml', 'foreach = 1 2',
); // biome-ignore format: one list
const end = fc.constantFrom(
  'endif =',
  'endfor =',
  'end-if =',
  'end-for =',
  'end =',
  'endif',
  'endfor',
  'endif = x',
  '',
);
const single = fc.constantFrom(
  'include = part.ini', 'include = part.yaml', 'include = part.json', 'include = part.xml', 'inherit = part.ini', 'inherit = part.yaml',
  'ini = part.ini:two', 'ini = :two', 'ini = part.ini', 'yaml = part.yaml', 'yaml = part.yaml:two', 'json = part.json:two', 'json = part.json',
  'xml = part.xml', 'xml = list.xml:two', 'include = part.%e', 'include = %(a)', 'include = nope.ini', 'include = part.txt',
  'strict = true', 'strict = false', 'strict =', 'set = a=%(b)', 'set = q=1', 'set-placeholder = x=%(a)', 'set-ph = n=5', 'set = master=1',
  'set-ph = master=1', 'set = a', 'set = =', 'declare-option = dd=a=$1;b=$2', 'dd = 1 2', 'dd = %(a)', 'declare-option2 = ee=set=x=$1', 'ee = 9',
  'declare-option = ff=include=$1', 'ff = part.ini', 'blacklist = b processes', 'end-blacklist =', 'whitelist = a b include', 'env = A=1', 'listen = %(n)',
  'listen = 12', 'umask = 022', 'inject-before = pre.ini', 'inject-after = post.ini', 'processes = 4x', 'processes =', 'buffer-size = 0x10',
  'print = p %(a)', 'iprint = i %(a)', 'resolve = r=127.0.0.1', 'resolve = r', 'vacuum = no', 'cron2 = minute=1,hour=2 echo %(a)', 'plugins-dir = .', 'need-app',
  'config = part.ini', 'pcre-jit =', 'unenv = A', 'add-header = X: %(a)', 'limit-as = 12', 'master', 'no value here', '[two]', '[uwsgi]', '[uwsgi', '[]',
  '; comment', '# comment %(a)', '', '   ', '=', '= x', '%n = %n', 'k%%k = 1', 'x%q = 1', 'a = b %', '\0', 'a\0b = 1', 'a = 1\0 2', '\ufeffa = 1', 'whitelist = a', 'end-whitelist =', 'blacklist-context = a:b', 'a = @(data://x)', 'include = fd://0', 'ini = list.xml:two', 'xml = uwsgi.ini',
  'listen = -1', 'listen = 2147483648', 'resolve = r=127.1', 'for-readline = gone', 'for-glob = */', 'if-file = v.txt/', 'dd = ', 'set-ph = a', 'declare-option = x', 'a[1] = 2', '$(A_B) = 1', '%(a) = 1', 'if = a', 'else =', 'for = %(a)', 'resolve = l=localhost',
); // biome-ignore format: one list

const assignment = fc
  .tuple(blank, name, blank, fc.constantFrom('=', '=', '=', ''), blank, value, blank)
  .map((parts) => parts.join(''));
const block = fc
  .tuple(fc.oneof(condition, loop), fc.array(fc.oneof(assignment, single), { minLength: 1, maxLength: 3 }), end)
  .map(([head, body, tail]) => [head, ...body, tail].join('\n'));

const iniBody = fc
  .array(
    fc.oneof({ weight: 5, arbitrary: assignment }, { weight: 3, arbitrary: single }, { weight: 2, arbitrary: block }),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .chain((lines) => fc.constantFrom('\n', '\n', '\r\n').map((newline) => lines.join(newline) + newline));
const iniText = fc.oneof(
  { weight: 6, arbitrary: iniBody.map((body) => `[uwsgi]\n${body}`) },
  { weight: 1, arbitrary: fc.tuple(iniBody, iniBody).map(([one, two]) => `[uwsgi]\n${one}[two]\n${two}`) },
);

const PLAIN = [
  '1', 'word', 'x y', '"q %(a)"', "'s'", '"%n"', '', '~', 'null', 'yes', '1.50', '0x10', '"a\\tb"', 'a#b', '"50%%"', '%(b)', '[1, 2]', '[]',
  '[x, "y"]', '[[1], 2]', '{k: v}', '{k: [1, 2], l: 3}', '&x 5', '*x', '!!str 5', '|\n    l1\n    l2', '>\n    f1\n    f2', '\n  - 1\n  - 2',
  '\n    - 1\n    - two words', '\n    m: 1\n    o: 2', '\n    - m: 1\n      o: 2\n    - 3', '%d', 'http://x/', 'a, b', '-', '"%(n + 1)"', 'k=v # c',
] as const; // biome-ignore format: one list

const yamlPair = fc
  .tuple(
    fc.constantFrom('a', 'b', 'c', 'env', 'set', 'if-env', 'endif', '"q"', 'processes', 'for', 'include'),
    fc.constantFrom(...PLAIN),
  )
  .map(([key, text]) => `  ${key}: ${text}\n`);
const yamlText = fc
  .tuple(
    fc.constantFrom('', '# c\n', '---\n', 'other:\n  z: 1\n', 'two:\n  - 1\n', '%%YAML 1.1\n---\n'),
    fc.constantFrom('uwsgi:\n', 'uwsgi:\n', 'uwsgi:\n', 'two:\n', '"uwsgi":\n', 'top:\n uwsgi:\n'),
    fc.array(yamlPair, { minLength: 1, maxLength: 5 }),
    fc.constantFrom('', 'two:\n  t: 2\n', '---\nuwsgi:\n  z: 1\n', 'last: "x\n', '...\n'),
  )
  .map((parts) => parts.flat().join(''));

const jsonValue = fc.oneof(
  fc.constantFrom('1', '-2', '1.50', '1e3', 'true', 'false', 'null', '"s"', '"%(a) %n"', '"50%%"', '"\\u00e9\\n"', '{"k":1}', '[]', '[1,"two",null,{"k":1},[2]]', '"\\u0000x"', '""'),
  fc.constantFrom('01', "'s'", 'nope', '"x', '/* c */ 3', '[1,]', '"%q"'),
); // biome-ignore format: one list
const jsonText = fc
  .array(
    fc.tuple(fc.constantFrom('a', 'b', 'c', 'env', 'processes', '10', 'if-env', 'endif', 'k k', 'set'), jsonValue),
    { maxLength: 5 },
  )
  .chain((pairs) =>
    fc
      .constantFrom(
        ['{"uwsgi":{', '}}'],
        ['{"two":{"t":1},\n"uwsgi":{', '}}\n'],
        ['{"uwsgi":{', '},"two":{"z":2}}'],
        ['{"two":{', '}}'],
      )
      .map(([head = '', tail = '']) => head + pairs.map(([key, text]) => `"${key}": ${text}`).join(',\n') + tail),
  );

const xmlPiece = fc.constantFrom(
  '<a>1</a>', '<b/>', '<c></c>', '<a> x </a>', '<a>%n</a>', '<b>%(a)</b>', '<c><![CDATA[<&]]></c>', '<a>x<!-- c -->y</a>', '<!-- c -->', 'text',
  '<a>&lt;&amp;&#65;</a>', '<env>K=V</env>', '<a x="1">2</a>', '<b>t<i>u</i></b>', '<?pi x?>', '<a>%q</a>', '<processes>4</processes>', '\n', '<a>x<![CDATA[y]]></a>',
  '<if-env>NONE</if-env>', '<endif/>', '<a>1</b>', '<a>é</a>', '<A>1</A>', '<a.b>1</a.b>', '<a>\n 2\n</a>', '<a>&nope;</a>', '<set>a=7</set>', '<a>%(_)</a>',
); // biome-ignore format: one list
const xmlText = fc
  .array(xmlPiece, { maxLength: 6 })
  .chain((pieces) =>
    fc
      .constantFrom(['<uwsgi>', '</uwsgi>'], ['<?xml version="1.0"?>\n<uwsgi id="two">\n', '</uwsgi>\n'], ['<u><uwsgi>', '</uwsgi><uwsgi id="two"><t>1</t></uwsgi></u>'], ['<u>', '</u>'])
      .map(([head = '', tail = '']) => head + pieces.join('') + tail),
  ); // biome-ignore format: one list

const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(['uwsgi.ini'], ['--ini', 'uwsgi.ini'], ['--ini', 'uwsgi.ini:two'], ['--yaml', 'app.yaml'], ['app.yaml'], ['--yaml', 'app.yaml:two'], ['app.json'], ['--json', 'app.json:two'], ['--xml', 'app.xml'], ['app.xml'], ['--xml', 'app.xml:two'], ['-j', 'app.json'], ['-x', 'app.xml:two'], ['-y', 'app.yaml']) },
  { weight: 1, arbitrary: fc.constantFrom(['-p', '4'], ['-p4'], ['-M'], ['-ML'], ['--master'], ['--set', 'a=1'], ['--set=a=%(b)'], ['--env', 'A=1'], ['--processes', '%(n)'], ['--nope'], ['--proc'], ['--set-ph', 'n=3'], ['--strict'], ['--socket'], ['--master=1'], ['--', 'uwsgi.ini'], ['app.py'], ['--if-env', 'NONE'], ['--for', '1 2'], ['--endif'], ['-%'], ['nope.ini'], ['--inherit', 'part.ini'], ['--vacuum'], ['uwsgi.txt'], ['--include', 'part.yaml']) },
); // biome-ignore format: one list

const configCase: fc.Arbitrary<ConfigCase> = fc
  .record({
    ini: iniText, part: iniText, yaml: yamlText, partYaml: yamlText, json: jsonText, partJson: jsonText, xml: xmlText, partXml: xmlText,
    argv: fc.array(word, { minLength: 1, maxLength: 3 }),
    env: fc.constantFrom({}, { HOME2: '/h', A_B: 'two' }, { HOME2: '', A_B: 'two words' }, { UWSGI_N: '4', HOME2: '%(n)' }, { UWSGI_SET: 'a=9' }),
  })
  .map(({ argv, env, ...texts }) => ({
    files: {
      'uwsgi.ini': texts.ini, 'part.ini': texts.part, 'app.yaml': texts.yaml, 'part.yaml': texts.partYaml, 'app.json': texts.json,
      'part.json': texts.partJson, 'app.xml': texts.xml, 'part.xml': texts.partXml,
      'list.xml': '<u><uwsgi><a>1</a></uwsgi><uwsgi id="two"><b>2</b></uwsgi></u>', 'part.txt': '[uwsgi]\nt = 1\n', 'pre.ini': 'pre = %n\n',
      'post.ini': '\npost = 1\n', 'v.txt': 'content %(a)\n', 'empty': '', 'lines': 'l1\n\nl 2\r\nlast',
    },
    argv: argv.flat(),
    env,
  })); // biome-ignore format: one list

/** Runs the check on `runs` generated cases; the one that fails is made as small as can be. */
export function checkGenerated(
  check: (made: ConfigCase) => void,
  { runs, seed }: { runs: number; seed: number },
): void {
  fc.assert(fc.property(configCase, check), { numRuns: runs, seed });
}
