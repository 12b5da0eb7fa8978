import type { RecordName } from '../../vocabulary/directory-rows';

/** `<system>/<environment>/<record id>`: none of the three can hold a slash. */
export const recordKey = ({ system, environment, recordId }: RecordName): string => `${system}/${environment}/${recordId}`;

/** The record that a key names; undefined for any other text. */
export function readRecordKey(key: string): RecordName | undefined {
  const [system, environment, recordId, ...rest] = key.split('/');
  if (system === undefined || recordId === undefined || rest.length > 0) return undefined;
  return environment === 'production' || environment === 'training' ? { system, environment, recordId } : undefined;
}
