import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MODEL_TEXT } from '../../../src/decide/model-text';

/** A small system: two relations, two conditions, three sections. */
export const RECORD = `system: small
title: Small
timeZone: America/Chicago
identifier: '[A-Z]\\d{1,6}'
mostMemberships: 4
sections:
  basic: Who it is
  contact: Where
  notes: What was said
basicSection: basic
facts:
  privacy:
    body: { at: /private, speaks: must, private: [true], open: [false] }
  staff:
    body: { at: /staff, speaks: may }
  agency:
    body: { at: /agency, speaks: may }
relations:
  assigned:
    - { fact: staff, is: caller }
  supervisor:
    - { fact: staff, is: supervised-by-caller }
conditions:
  in-scope:
    - { fact: agency, in: agency }
  privileged:
    - { privilege: private-records }
fields:
  basic:
    /id: plain
    /name: plain
  contact:
    /phone: plain
  notes:
    /notes/*/text: text
routes:
  read-record:
    method: GET
    path: /records/{record}
    action: read
    sections: all
    factsFrom: body
    id: /id
    mediaTypes: [application/json]
    maxBodyBytes: 65536
...
`;

export const POLICY = `p, group:worker, *, *, always, basic, read, allow
p, group:worker, assigned, *, always, *, read, allow
p, group:worker, *, open, in-scope, contact, read, allow
p, group:worker, *, open, in-scope, notes, read, allow
end
`;

export const CASES = `name, workgroup, relation, privacy, when, action, view, sections, reason
the assigned worker, group:worker, assigned, private, always, read, full, all, granted
another worker, group:worker, none, private, in-scope, read, basic, basic, private-record
end
`;

/** Cases that only make a workgroup known: they hold whatever the policy says, as nobody may delete. */
export const casesFor = (...workgroups: readonly string[]): string =>
  [
    'name, workgroup, relation, privacy, when, action, view, sections, reason',
    ...workgroups.map(
      (word) => `${word} deletes nothing, group:${word}, none, open, always, delete, none, none, not-granted & no-section-granted`,
    ),
    'end\n',
  ].join('\n');

export interface Files {
  readonly record?: string | Buffer;
  readonly policy?: string | Buffer;
  readonly cases?: string | Buffer;
  readonly holidays?: string | Buffer;
  readonly exceptions?: string | Buffer;
  readonly model?: string | Buffer;
}

export interface TempFolder {
  readonly folder: string;
  write(files: Files, system?: string): void;
  remove(): void;
}

/** A policy folder in a temporary place, holding the system `small`. */
export function tempFolder(files: Files = {}): TempFolder {
  const folder = mkdtempSync(join(tmpdir(), 'casegate-policy-'));
  const write: TempFolder['write'] = ({ record, policy, cases, holidays, exceptions, model }, system = 'small') => {
    mkdirSync(join(folder, system), { recursive: true });
    if (record !== undefined) writeFileSync(join(folder, system, 'record.yaml'), record);
    if (policy !== undefined) writeFileSync(join(folder, system, 'policy.csv'), policy);
    if (cases !== undefined) writeFileSync(join(folder, system, 'cases.csv'), cases);
    if (holidays !== undefined) writeFileSync(join(folder, system, 'holidays.csv'), holidays);
    if (exceptions !== undefined) writeFileSync(join(folder, system, 'exceptions.csv'), exceptions);
    if (model !== undefined) writeFileSync(join(folder, 'model.conf'), model);
  };
  write({ record: RECORD, policy: POLICY, cases: CASES, model: MODEL_TEXT, ...files });
  return { folder, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
