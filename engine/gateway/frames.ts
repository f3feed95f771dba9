/**
 * The wire between a gateway and its workers: one stream connection for each core, plus one control
 * connection for each worker. All integers are little endian. The Python half is
 * resources/runtimes/python/reeve_frames.py, the JavaScript half resources/runtimes/node/frames.mjs.
 *
 *   frame    u32 payload length | u8 type | u8 flags | u16 zero | u32 request id | payload
 *
 * gateway to worker, on a core's connection
 *   REQUEST   u32 environ length | environ | body bytes, or with BODY_FILE the UTF-8 path of a file that holds it.
 *             The environ is a marshal dict of str to str (Python) or a JSON object (JavaScript); values are latin-1.
 *             Up to MAX_OUTSTANDING may be sent before the first is answered; they are served in order.
 * worker to gateway, on a core's connection
 *   HELLO     u32 spawn id | u16 core (CONTROL_CORE on the control connection) | token (32 bytes); always the first frame
 *   HEAD      head
 *   DATA      body bytes
 *   END       u32 running time in microseconds; with ABORTED the response is cut off, with EXCEPTION the app raised
 *   RESPONSE  head, then the whole body, then the end: `u32 running time in microseconds | head | body`
 *   head      u16 status | u16 header count | i32 zero | f64 content length or -1 | u32 block length | block
 *             block: reason CRLF, then `Name: value` CRLF for each header, latin-1, hop-by-hop headers already left out
 * on the control connection
 *   TAKE_BACK u16 core            gateway asks for a queued request back
 *   TAKEN / BEGUN  (empty)        worker's answer: it will not begin it / it has begun it (or ended it)
 */

export const FRAME_HEADER_BYTES = 12;
export const MAX_OUTSTANDING = 8;
export const CONTROL_CORE = 0xffff;
export const TOKEN_BYTES = 32;
/** A worker that announces more than this in one frame is broken. */
export const MAX_FRAME_PAYLOAD_BYTES = 64 * 1024 * 1024;

export const FrameType = {
  REQUEST: 1,
  TAKE_BACK: 2,
  HELLO: 16,
  HEAD: 17,
  DATA: 18,
  END: 19,
  RESPONSE: 20,
  TAKEN: 21,
  BEGUN: 22,
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

export const FrameFlag = {
  /** REQUEST: the body is in a file. */
  BODY_FILE: 1,
  /** END, RESPONSE: the application raised. */
  EXCEPTION: 2,
  /** END: the response is incomplete; the client must see a cut, not an end. */
  ABORTED: 4,
  /** END, RESPONSE: the worker retires after this request (max-requests); the gateway sends it nothing more. */
  RETIRING: 8,
} as const;
