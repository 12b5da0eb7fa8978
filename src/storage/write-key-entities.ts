import { EntitySchema } from 'typeorm';
import { identity, whole, wholeNullable } from './directory-columns';

export interface WriteKeyColumns {
  readonly key: string;
  readonly request: string;
  readonly accessId: string;
  readonly status: number | null;
  readonly atMs: number;
}

export const WriteKeyEntity = new EntitySchema<WriteKeyColumns>({
  name: 'write_key',
  tableName: 'write_key',
  columns: {
    key: identity('key_digest', 64, { primary: true }),
    request: identity('request_digest', 64),
    accessId: identity('access_id', 36),
    status: wholeNullable('status'),
    atMs: whole('at_ms'),
  },
});
