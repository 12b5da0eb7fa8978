/** Time and ids are handed in, so that a test can set them. Epoch milliseconds. */
export type Clock = () => number;

/** Makes a new access id: a UUID version 7 (RFC 9562), so that ids sort by time. */
export type NewAccessId = () => string;
