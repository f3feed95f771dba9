/** An application whose handlers and mules write what happens into the file `events`; requests are expressions. */
import { EVAL_APP } from './commons-app.ts';

export const BACKGROUND_APP = `${EVAL_APP}
FOLDER = os.getcwd()

def note(text):
    line = os.open(os.path.join(FOLDER, 'events'), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(line, (text + '\\n').encode())
    os.close(line)

def who():
    if uwsgi.mule_id():
        return 'mule%d' % uwsgi.mule_id()
    return 'worker%d' % uwsgi.worker_id() if uwsgi.worker_id() else 'spooler'

def handler(number):
    note('signal %d %s' % (number, who()))

def failing(number):
    raise RuntimeError('handler fails')

def deadly(number):
    os.kill(os.getpid(), 9)

def hook(message):
    if message == b'die':
        os.kill(os.getpid(), 9)
    if message == b'stay':
        note('stays %s %d' % (who(), os.getpid()))
        while not os.path.exists(os.path.join(FOLDER, 'go')):
            time.sleep(0.01)
    note('message %s %s' % (message.decode(), who()))

def loop():
    note('nothing %r' % uwsgi.mule_get_msg(timeout=1))
    while True:
        note('got %r %s' % (uwsgi.mule_get_msg(), who()))

uwsgi.mule_msg_hook = hook
TARGETS = ['', 'workers', 'worker1', 'worker2', 'mules', 'mule1', 'farm_solo', 'spooler', 'active-workers', 'mule', 'farm_pair']
try:
    for number, target in enumerate(TARGETS):
        uwsgi.register_signal(number, target, handler)
    for number in (20, 21, 22, 23):
        uwsgi.register_signal(number, 'worker1', handler)
    uwsgi.register_signal(30, 'worker1', failing)
    uwsgi.register_signal(31, 'worker1', deadly)
    exec(os.environ.get('AT_LOAD', ''))
except ValueError as error:
    print(error)

NAMES.update(globals())
`;
