require 'sinatra/base'

class Page < Sinatra::Base
  set :environment, :production
  disable :logging
  get('/hello/:name') { "<p>Hello #{Rack::Utils.escape_html(params['name'])}</p>" }
  get('/') { 'hello' }
end

run Page
