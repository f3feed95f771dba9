import os, sys, time, uwsgi
NAMES = """REQUEST_METHOD REQUEST_URI PATH_INFO QUERY_STRING SCRIPT_NAME REMOTE_USER REMOTE_ADDR HTTP_HOST DOCUMENT_ROOT
AUTH_TYPE UWSGI_SCHEME UWSGI_APPID UWSGI_FILE UWSGI_HOME wsgi.url_scheme CONTENT_LENGTH""".split()
uwsgi.register_signal(17, '', lambda signal: print('signal', signal, 'came', flush=True))
def fail(): raise ValueError('no')
uwsgi.register_rpc('hello', lambda *a: b'Hello ' + b'|'.join(a))
uwsgi.register_rpc('count', lambda *a: b'%d' % len(a))
uwsgi.register_rpc('empty', lambda *a: b'')
uwsgi.register_rpc('fail', fail)
uwsgi.register_rpc('raw', lambda a: b'HTTP/1.0 201 Made\r\nX-A: ' + a + b'\r\n\r\nbody')
uwsgi.register_rpc('ret', lambda a: a)
def application(env, start):
    n = int(env.get('CONTENT_LENGTH') or 0)
    body = env['wsgi.input'].read(n) if n else b''
    q = env.get('QUERY_STRING', '')
    status = '200 OK'
    headers = [('Content-Type', 'text/plain'), ('X-App', 'one')]
    for part in q.split('&'):
        if part.startswith('s='): status = part[2:].replace('+', ' ')
        if part.startswith('h='): headers.append(('X-Given', part[2:]))
    start(status, headers)
    out = ''
    for k in sorted(env):
        if k in NAMES or k.startswith('T_') or k.startswith('HTTP_X_'):
            out += '%s=%s\n' % (k, env[k])
    if n: out += 'body %d %s\n' % (len(body), body[:20].decode('latin1'))
    if q == 'sleep': time.sleep(30)
    if 'big' in q: out += 'y' * 50 + '\n'
    if q == 'cwd': out += os.getcwd().rsplit('/', 1)[1] + '\n'
    return [out.encode('latin1')]
