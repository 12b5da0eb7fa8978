// stream-json 1.9 has no types of its own; what the bench uses of it.
declare module 'stream-json/streamers/StreamArray' {
  import type { Duplex } from 'node:stream';
  const StreamArray: { withParser(): Duplex };
  export = StreamArray;
}
