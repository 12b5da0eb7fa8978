import type { Place } from './case-system';

/** A place as record.yaml spells it (RFC 6901). */
export const toPointer = (place: Place): string => place.map((word) => `/${word.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
