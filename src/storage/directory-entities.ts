import { EntitySchema } from 'typeorm';
import type { StoreRows } from '../vocabulary/directory-rows';
import { accountKind, environmentWord, identity, json, oneOf, standingWord, whole, wholeNullable, word } from './directory-columns';

/** Properties are those of StoreRows, so that a row read is a row compared. Uniques and indices are those of migrations/11xx. */
export const OrganizationEntity = new EntitySchema<StoreRows['organizations']>({
  name: 'organization',
  tableName: 'organization',
  columns: { id: identity('id', 128, { primary: true }), look: identity('look', 128), name: identity('name', 255) },
  uniques: [{ name: 'organization_look', columns: ['look'] }],
});

export const ApplicationEntity = new EntitySchema<StoreRows['applications']>({
  name: 'application',
  tableName: 'application',
  columns: {
    id: identity('id', 128, { primary: true }),
    look: identity('look', 128),
    issuer: identity('issuer', 255),
    clientId: identity('client_id', 255),
    environment: word('environment', 16, environmentWord),
    applicationClass: identity('application_class', 128),
    grants: json('grants'),
    origins: json('origins'),
  },
  uniques: [
    { name: 'application_look', columns: ['look'] },
    { name: 'application_client', columns: ['clientId', 'issuer', 'environment'] },
  ],
});

export const AccountEntity = new EntitySchema<StoreRows['accounts']>({
  name: 'account',
  tableName: 'account',
  columns: {
    id: identity('id', 128, { primary: true }),
    look: identity('look', 128),
    kind: word('kind', 16, accountKind),
    person: identity('person', 128),
    issuer: identity('issuer', 255),
    subject: identity('subject', 255),
    subjectLook: identity('subject_look', 255),
    environment: word('environment', 16, environmentWord),
    organization: identity('organization', 128),
  },
  uniques: [
    { name: 'account_look', columns: ['look'] },
    { name: 'account_subject', columns: ['subject', 'issuer', 'environment'] },
    { name: 'account_subject_look', columns: ['subjectLook', 'issuer', 'environment'] },
  ],
});

export const StandingEntity = new EntitySchema<StoreRows['standings']>({
  name: 'standing',
  tableName: 'standing',
  columns: {
    of: word('owner_kind', 16, oneOf('organization', 'application', 'account'), { primary: true }),
    id: identity('owner', 128, { primary: true }),
    fromMs: whole('from_ms', { primary: true }),
    standing: word('standing', 16, standingWord),
  },
  indices: [{ name: 'standing_owner', columns: ['id'] }],
});

export const MembershipEntity = new EntitySchema<StoreRows['memberships']>({
  name: 'membership',
  tableName: 'membership',
  columns: {
    id: identity('id', 128, { primary: true }),
    look: identity('look', 128),
    account: identity('account', 128),
    system: identity('system', 64),
    environment: word('environment', 16, environmentWord),
    workgroup: identity('workgroup', 128),
    staffId: identity('staff_id', 255),
    staffLook: identity('staff_look', 255),
    scopes: json('scopes'),
    privileges: json('privileges'),
    fromMs: whole('from_ms'),
    toMs: wholeNullable('to_ms'),
  },
  uniques: [{ name: 'membership_look', columns: ['look'] }],
  indices: [
    { name: 'membership_account', columns: ['account'] },
    { name: 'membership_staff', columns: ['staffLook', 'system', 'environment'] },
  ],
});

export const SupervisionEntity = new EntitySchema<StoreRows['supervision']>({
  name: 'supervision',
  tableName: 'supervision',
  columns: {
    supervisor: identity('supervisor', 128, { primary: true }),
    supervisee: identity('supervisee', 128, { primary: true }),
    fromMs: whole('from_ms', { primary: true }),
    toMs: wholeNullable('to_ms'),
  },
  indices: [{ name: 'supervision_supervisee', columns: ['supervisee'] }],
});

export const DelegationEntity = new EntitySchema<StoreRows['delegations']>({
  name: 'delegation',
  tableName: 'delegation',
  columns: {
    account: identity('account', 128, { primary: true }),
    actor: identity('actor', 128, { primary: true }),
    fromMs: whole('from_ms', { primary: true }),
    toMs: wholeNullable('to_ms'),
  },
});

export const AdminRightEntity = new EntitySchema<StoreRows['rights']>({
  name: 'admin_right',
  tableName: 'admin_right',
  columns: {
    account: identity('account', 128, { primary: true }),
    right: identity('right_word', 192, { primary: true }),
    fromMs: whole('from_ms', { primary: true }),
    toMs: wholeNullable('to_ms'),
  },
});

export const StoreVersionEntity = new EntitySchema<{ name: string; version: number }>({
  name: 'store_version',
  tableName: 'store_version',
  columns: { name: identity('name', 16, { primary: true }), version: whole('version') },
});

export const DirectoryChangeEntity = new EntitySchema<{ version: number; kind: string; key: string }>({
  name: 'directory_change',
  tableName: 'directory_change',
  columns: {
    version: whole('version', { primary: true }),
    kind: identity('change_kind', 16, { primary: true }),
    key: identity('change_key', 192, { primary: true }),
  },
});

export const directoryEntities: readonly EntitySchema[] = [
  OrganizationEntity,
  ApplicationEntity,
  AccountEntity,
  StandingEntity,
  MembershipEntity,
  SupervisionEntity,
  DelegationEntity,
  AdminRightEntity,
  StoreVersionEntity,
  DirectoryChangeEntity,
] as unknown as readonly EntitySchema[];
