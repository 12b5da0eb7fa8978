import { GatewayError } from '../../vocabulary/errors';
import type { Place } from '../../vocabulary/case-system';
import type { PlaceTree } from '../compile-projection';
import { readStreamed, type StreamedRecord } from './streamed-record';
import { ByteWindow } from './byte-window';
import { Envelope } from './envelope';
import { countRecord, refuseLong } from './source-limits';
import type { RecordSource, SourceLimits } from './record-source';
import { ValueEnd } from './value-end';

/**
 * The records of a JSON array, which is the whole answer (`listPlace` empty) or stands in it at a place of plain keys.
 * Every element must be an object. What stands around the array is read strictly too, and dropped.
 */
export class JsonSource implements RecordSource {
  readonly #window = new ByteWindow();
  readonly #envelope: Envelope;
  readonly #end = new ValueEnd();
  #state: 'before' | 'first' | 'element' | 'behind' | 'after' = 'before';
  /** A record is under way that was not whole when it was looked at first. */
  #isWaiting = false;
  #records = 0;

  constructor(
    private readonly tree: PlaceTree,
    listPlace: Place,
    private readonly limits: SourceLimits,
  ) {
    this.#envelope = new Envelope(tree, listPlace, this.#window);
  }

  push(chunk: Buffer): void {
    this.#window.push(chunk);
  }

  end(): void {
    this.#window.end();
  }

  next(): StreamedRecord | null {
    const window = this.#window;
    for (;;) {
      switch (this.#state) {
        case 'before':
          if (!this.#envelope.open()) return this.#pause();
          this.#state = 'first';
          break;
        case 'first':
        case 'element': {
          const byte = window.skipSpace();
          if (byte < 0) return this.#pause();
          if (byte === CLOSE_BRACKET && this.#state === 'first') {
            this.#close();
            break;
          }
          if (byte !== OPEN_BRACE) window.refuse('an element that is no object');
          const record = this.#record();
          if (record === null) return this.#pause();
          this.#state = 'behind';
          return record;
        }
        case 'behind': {
          const byte = window.skipSpace();
          if (byte < 0) return this.#pause();
          if (byte === CLOSE_BRACKET) this.#close();
          else if (byte === COMMA) {
            window.at++;
            this.#state = 'element';
          } else window.refuse('neither comma nor end of the list');
          break;
        }
        case 'after':
          this.#envelope.keepRest();
          if (window.hasEnded) this.#envelope.close();
          return null;
      }
    }
  }

  #close(): void {
    this.#window.at++;
    this.#state = 'after';
  }

  #pause(): null {
    if (this.#window.hasEnded) this.#window.refuse('cut off', this.#window.bytes.length);
    return null;
  }

  /** Most records are whole in the chunk at hand and are read at once; one that is not is read again when its end has come, and not before. */
  #record(): StreamedRecord | null {
    const window = this.#window;
    const { bytes, at } = window;
    if (!this.#isWaiting) {
      try {
        return this.#taken(readStreamed(bytes, at, this.tree));
      } catch (error) {
        this.#end.start();
        if (!(error instanceof GatewayError) || error.code !== 'upstream-malformed' || this.#end.find(bytes, at) >= 0) throw error;
        this.#isWaiting = true;
      }
    } else if (this.#end.find(bytes, at) >= 0) {
      this.#isWaiting = false;
      return this.#taken(readStreamed(bytes, at, this.tree));
    }
    refuseLong(window.left, this.limits);
    return null;
  }

  #taken(record: StreamedRecord): StreamedRecord {
    this.#window.at = record.end;
    this.#records = countRecord(record.end - record.start, this.#records, this.limits);
    return record;
  }
}

const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACKET = 0x5d;
