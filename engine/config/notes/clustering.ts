/** Notes about subscriptions, routers and legions; see option-notes.ts for their form. */
export const clusteringNotes = `
subscribe-to
  Tells a router under which name this instance answers, 'ROUTER-ADDRESS:NAME', where the name is the Host header. It
  is said again every 'subscribe-freq' seconds and forgotten after 'subscription-tolerance', so instances may come and
  go. The address told is that of the first 'socket', which the router must be able to reach: a socket on 127.0.0.1 is
  none for another machine.
subscribe2
  As 'subscribe-to' where more has to be said: 'server=ADDRESS,key=NAME,addr=ADDRESS,weight=2'. With addr= the router
  is told another address than that of the first socket, as containers need it.
subscription-algo
  What the router chooses by: wrr in turn by 'weight', lrc the one with the fewest running requests, wlrc both.
  Releases of uWSGI 2.0 know no other. It belongs to the router's configuration, not to that of the instances.
fastrouter
  Stands between a front server and many instances: it takes uwsgi requests and hands each to a backend by its host
  name. Backends are told by 'fastrouter-subscription-server', 'fastrouter-to' or a pattern. An instance that only
  routes needs 'master'. For HTTP clients use 'http' with 'http-subscription-server'.
fastrouter-subscription-server
  Whoever can send a datagram to this address can put itself in the way of any name. Keep it on 127.0.0.1 or an inner
  network, with 'subscriptions-sign-check' where others are in it.
http-subscription-server
  As 'fastrouter-subscription-server' for the HTTP router: instances announce the host names they serve with
  'subscribe-to'. Names nobody has announced end without an answer, unless 'http-fallback' is set.
weight
  A backend with weight 2 gets twice the requests of one with weight 1 from the same router. It is told with each
  announcement, so a change needs a reload of the instance, not of the router.
legion
  Several servers agree on one of them, the lord, who holds an address or runs jobs: 'legion = NAME ADDRESS VALOR
  ALGORITHM:SECRET'. The highest valor wins. With two members and no 'legion-quorum' both are lord when the network
  between them is cut; use three. Clocks may differ by 'legion-skew-tolerance' at most.
`;
