/** A fetch handler. */
export default {
  fetch() {
    return new Response('Hello, world!\n', { headers: { 'Content-Type': 'text/plain' } });
  },
};
