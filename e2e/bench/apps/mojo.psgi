use Mojolicious::Lite -signatures;

get '/'             => sub ($c) { $c->render(text => 'index') };
get '/hello/:name' => 'hello';

app->secrets(['bench']);
app->log->level('warn');
app->start;

__DATA__
@@ hello.html.ep
<p>Hello <%= param 'name' %></p>
