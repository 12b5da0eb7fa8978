import { EntitySchema } from 'typeorm';
import type { DriftRow } from '../vocabulary/drift';
import { identity, json, oneOf, whole, word } from './directory-columns';

export const DriftEntity = new EntitySchema<DriftRow>({
  name: 'drift_place',
  tableName: 'drift_place',
  columns: {
    system: identity('system', 64, { primary: true }),
    place: identity('place', 255, { primary: true }),
    holds: word('holds', 16, oneOf('value', 'flag', 'object', 'list'), { primary: true }),
    inside: json('inside'),
    count: whole('field_count'),
    firstSeenMs: whole('first_seen_ms'),
    lastSeenMs: whole('last_seen_ms'),
  },
});
