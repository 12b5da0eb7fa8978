import type { RecordRoute } from '../../src/vocabulary/case-system';
import { createCaseSystemClient, type CaseSystemClient, type CaseSystemSettings } from '../../src/upstream/case-system-client';

/** A route like those of record.yaml: GET /records/{id}, JSON, 64 KiB. */
export const makeRoute = (over: Partial<RecordRoute> = {}): RecordRoute => ({
  index: 0,
  name: 'record',
  method: 'GET',
  segments: ['records', null],
  action: 'read',
  answer: 'record',
  sections: [0],
  factsFrom: 'body',
  idPlace: ['id'],
  mediaTypes: ['application/json'],
  maxBodyBytes: 65_536,
  ...over,
});

/** A log that keeps its lines. */
export function keepLog(): {
  readonly lines: { readonly level: string; readonly event: string; readonly fields: Readonly<Record<string, unknown>> }[];
  info(event: string, fields: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields: Readonly<Record<string, unknown>>): void;
  error(event: string, fields: Readonly<Record<string, unknown>>): void;
} {
  const lines: { level: string; event: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const keep = (level: string) => (event: string, fields: Readonly<Record<string, unknown>>) => void lines.push({ level, event, fields });
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') };
}

export const makeClient = (origin: string, over: Partial<CaseSystemSettings> = {}): CaseSystemClient =>
  createCaseSystemClient({ name: 'workforce-one', origin, credential: { kind: 'none' }, clock: Date.now, log: keepLog(), ...over });

export const ACCESS_ID = '0190a5b0-7c1a-7000-8000-000000000001';

/** What a call came to: the reply, or code and message of the fault. */
export async function outcomeOf(
  client: CaseSystemClient,
  over: Partial<Parameters<CaseSystemClient['fetchRecord']>[0]> = {},
): Promise<
  { readonly status: number; readonly mediaType: string; readonly body: string } | { readonly code: string; readonly message: string }
> {
  try {
    const { status, mediaType, body } = await client.fetchRecord({ route: makeRoute(), recordId: 'A17', accessId: ACCESS_ID, ...over });
    return { status, mediaType, body: body.toString() };
  } catch (error) {
    return { code: (error as { code: string }).code, message: (error as Error).message };
  }
}
