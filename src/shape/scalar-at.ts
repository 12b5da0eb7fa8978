import { decodeString, IS_FALSE, IS_NUMBER, IS_STRING, IS_TRUE, TYPE_MASK } from './scan-record';

/** The scalar of a span: a number as it is written, null for anything that says nothing. */
export function scalarAt(body: Buffer, start: number, end: number, type: number): string | boolean | null {
  switch (type & TYPE_MASK) {
    case IS_STRING:
      return decodeString(body, start, end, type);
    case IS_NUMBER:
      return body.toString('latin1', start, end);
    case IS_TRUE:
    case IS_FALSE:
      return (type & TYPE_MASK) === IS_TRUE;
    default:
      return null;
  }
}
