/** What the edge sends. */
export interface ShapedParts {
  readonly accessId: string;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly unclassifiedFields: number;
}

const MAKER = Symbol('shape');

/**
 * An answer that went through this room: the first of the two tickets that `respond` asks for.
 * Nobody else can make one: the constructor wants a word that only this file knows, and `isShaped` looks for a private field.
 */
export class ShapedReply {
  readonly #isShaped = true;
  readonly accessId: string;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** Fields of the record that record.yaml does not classify, left out. */
  readonly unclassifiedFields: number;

  constructor(maker: symbol, parts: ShapedParts) {
    if (maker !== MAKER) throw new TypeError('a ShapedReply is made by shape alone');
    this.accessId = parts.accessId;
    this.status = parts.status;
    this.headers = parts.headers;
    this.body = parts.body;
    this.unclassifiedFields = parts.unclassifiedFields;
    Object.freeze(this);
  }

  static isShaped(value: unknown): value is ShapedReply {
    return typeof value === 'object' && value !== null && #isShaped in value;
  }
}

/** For the files of this room. */
export function sealReply(parts: ShapedParts): ShapedReply {
  return new ShapedReply(MAKER, parts);
}
