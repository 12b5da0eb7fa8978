import { EntitySchema } from 'typeorm';
import { identity, json, oneOf, whole, word } from './directory-columns';

const originWord = oneOf('start', 'folder', 'publish');

export const PolicyFileEntity = new EntitySchema<{ hash: string; content: string }>({
  name: 'policy_file',
  tableName: 'policy_file',
  columns: { hash: identity('hash', 64, { primary: true }), content: { name: 'content', type: 'text' } },
});

/** `files`: system -> file name -> hash. */
export interface PolicyVersionColumns {
  readonly version: string;
  readonly files: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly keptMs: number;
}

export const PolicyVersionEntity = new EntitySchema<PolicyVersionColumns>({
  name: 'policy_version',
  tableName: 'policy_version',
  columns: { version: identity('version', 64, { primary: true }), files: json('files'), keptMs: whole('kept_ms') },
});

export interface PolicyProposalColumns {
  readonly fromNumber: number;
  readonly version: string;
  readonly account: string | null;
  readonly origin: ReturnType<typeof originWord>;
  readonly host: string;
  readonly reason: string;
  readonly changed: readonly string[];
  readonly atMs: number;
}

const act = {
  account: identity('account', 128, { nullable: true }),
  origin: word('origin', 16, originWord),
  host: identity('host', 255),
  reason: { name: 'reason', type: 'text' },
  changed: json('changed'),
  atMs: whole('at_ms'),
} as const;

export const PolicyProposalEntity = new EntitySchema<PolicyProposalColumns>({
  name: 'policy_proposal',
  tableName: 'policy_proposal',
  columns: {
    fromNumber: whole('from_number', { primary: true }),
    version: identity('version', 64, { primary: true }),
    ...act,
  },
});

export interface PolicyApprovalColumns {
  readonly fromNumber: number;
  readonly version: string;
  readonly person: string;
  readonly account: string;
  readonly atMs: number;
}

export const PolicyApprovalEntity = new EntitySchema<PolicyApprovalColumns>({
  name: 'policy_approval',
  tableName: 'policy_approval',
  columns: {
    fromNumber: whole('from_number', { primary: true }),
    version: identity('version', 64, { primary: true }),
    person: identity('person', 128, { primary: true }),
    account: identity('account', 128),
    atMs: whole('at_ms'),
  },
});

export interface PolicyChangeColumns extends Omit<PolicyProposalColumns, 'fromNumber'> {
  readonly number: number;
  readonly approvedBy: readonly string[];
}

export const PolicyChangeEntity = new EntitySchema<PolicyChangeColumns>({
  name: 'policy_change',
  tableName: 'policy_change',
  columns: {
    number: whole('number', { primary: true }),
    version: identity('version', 64),
    ...act,
    approvedBy: json('approved_by'),
  },
});

export interface PolicyShadowColumns {
  readonly number: number;
  readonly version: string | null;
  readonly account: string;
  readonly atMs: number;
}

export const PolicyShadowEntity = new EntitySchema<PolicyShadowColumns>({
  name: 'policy_shadow',
  tableName: 'policy_shadow',
  columns: {
    number: whole('number', { primary: true }),
    version: identity('version', 64, { nullable: true }),
    account: identity('account', 128),
    atMs: whole('at_ms'),
  },
});

const countKind = oneOf('compared', 'gained', 'lost', 'not-comparable');

export interface ShadowCountColumns {
  readonly run: number;
  readonly process: string;
  readonly line: string;
  readonly kind: ReturnType<typeof countKind>;
  readonly system: string;
  readonly action: string;
  readonly key: string;
  readonly words: readonly string[];
  readonly count: number;
  readonly example: string;
}

export const ShadowCountEntity = new EntitySchema<ShadowCountColumns>({
  name: 'shadow_count',
  tableName: 'shadow_count',
  columns: {
    run: whole('run', { primary: true }),
    process: identity('process', 36, { primary: true }),
    line: identity('line', 64, { primary: true }),
    kind: word('kind', 16, countKind),
    system: identity('system', 64),
    action: identity('action', 16),
    key: { name: 'key_words', type: 'text' },
    words: json('words'),
    count: whole('count'),
    example: identity('example', 36),
  },
});

export const policyEntities: readonly EntitySchema[] = [
  PolicyFileEntity,
  PolicyVersionEntity,
  PolicyProposalEntity,
  PolicyApprovalEntity,
  PolicyChangeEntity,
  PolicyShadowEntity,
  ShadowCountEntity,
] as unknown as readonly EntitySchema[];
