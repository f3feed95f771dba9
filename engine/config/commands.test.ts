import { expect, test } from 'vitest';
import { findCommands } from './commands.ts';
import { resolveConfig } from './resolve.ts';
import { memoryHost } from './test-host.ts';

function commandsOf(files: Record<string, string>): string[] {
  const host = memoryHost(files);
  return findCommands(resolveConfig(['--ini', 'uwsgi.ini'], host), host).map(
    ({ file, line, option }) => `${file.replace('/srv/app/', '')}:${line} ${option}`,
  );
}

test('lines that run commands are found, in all sections and behind conditions that do not hold here', () => {
  const text = `[uwsgi]
http = :80
exec-asap = rm -rf /
hook-master-start = exec:touch x
if-env = NOT_HERE
attach-daemon = redis-server
endif =
cron2 = minute=-1 tidy
[later]
smart-attach-daemon = p.pid memcached
attach-control-daemon = tunnel`;
  expect(commandsOf({ 'uwsgi.ini': text })).toEqual([
    'uwsgi.ini:3 exec-asap',
    'uwsgi.ini:4 hook-master-start',
    'uwsgi.ini:6 attach-daemon',
    'uwsgi.ini:8 cron2',
    'uwsgi.ini:10 smart-attach-daemon',
    'uwsgi.ini:11 attach-control-daemon',
  ]);
});

test('included files count, and what was read before an error', () => {
  const files = { 'uwsgi.ini': '[uwsgi]\ninclude = b.ini\ninclude = gone.ini', 'b.ini': '[uwsgi]\nmule = work.py' };
  expect(commandsOf(files)).toEqual(['b.ini:2 mule']);
});

test('other formats hide nothing behind a condition', () => {
  const files = {
    'uwsgi.ini': '[uwsgi]\nyaml = b.yaml\njson = c.json\nxml = d.xml',
    'b.yaml': 'uwsgi:\n  if-reload: x\n  exec-asap: touch b\n  endif: x\n',
    'c.json': '{"uwsgi": {\n"if-reload": "x",\n"exec-asap": "touch c", "endif": "x"}}',
    'd.xml': '<uwsgi><if-reload>x</if-reload>\n<exec-asap>touch d</exec-asap><endif/></uwsgi>',
  };
  expect(commandsOf(files)).toEqual(['b.yaml:3 exec-asap', 'c.json:3 exec-asap', 'd.xml:2 exec-asap']);
});

test('detours through set, declared options, values and loaders are found', () => {
  const text = `[uwsgi]
set = exec-pre-app=x
declare-option = nice=master=true;exec-as-root=$1
secret = @(exec://cat key)
ini = exec://make-config
env = LD_PRELOAD=/tmp/x.so
alarm = page cmd:mail`;
  expect(commandsOf({ 'uwsgi.ini': text }).map((found) => found.split(' ')[1])).toEqual([
    'set',
    'declare-option',
    'secret',
    'ini',
    'env',
    'alarm',
  ]);
});

test('a hook counts when its action reaches beyond the server', () => {
  const text = `[uwsgi]
hook-master-start = unix_signal:15 gracefully_kill_them_all
hook-asap = print:hello
hook-touch = /tmp/x exec:tidy
hook-pre-app = write:/etc/motd hello
binsh = /tmp/mine
envdir = env`;
  const found = commandsOf({ 'uwsgi.ini': text }).map((line) => line.split(' ')[1]);
  expect(found).toEqual(['hook-touch', 'hook-pre-app', 'binsh', 'envdir']);
});

test('an ordinary application runs nothing of its own', () => {
  const text =
    '[uwsgi]\nplugins = python3,http\nhttp = :80\nmodule = shop.wsgi\nhome = venv\nenv = A=1\nmaster = 1\ncron-harakiri = 5\nmule\nmules = 2\nalarm = shout log:\n';
  expect(commandsOf({ 'uwsgi.ini': text })).toEqual([]);
});
