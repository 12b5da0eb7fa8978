"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.directoryEntities = exports.DirectoryChangeEntity = exports.StoreVersionEntity = exports.AdminRightEntity = exports.DelegationEntity = exports.SupervisionEntity = exports.MembershipEntity = exports.StandingEntity = exports.AccountEntity = exports.ApplicationEntity = exports.OrganizationEntity = void 0;
const typeorm_1 = require("typeorm");
const directory_columns_1 = require("./directory-columns");
/** Properties are those of StoreRows, so that a row read is a row compared. Uniques and indices are those of migrations/11xx. */
exports.OrganizationEntity = new typeorm_1.EntitySchema({
    name: 'organization',
    tableName: 'organization',
    columns: { id: (0, directory_columns_1.identity)('id', 128, { primary: true }), look: (0, directory_columns_1.identity)('look', 128), name: (0, directory_columns_1.identity)('name', 255) },
    uniques: [{ name: 'organization_look', columns: ['look'] }],
});
exports.ApplicationEntity = new typeorm_1.EntitySchema({
    name: 'application',
    tableName: 'application',
    columns: {
        id: (0, directory_columns_1.identity)('id', 128, { primary: true }),
        look: (0, directory_columns_1.identity)('look', 128),
        issuer: (0, directory_columns_1.identity)('issuer', 255),
        clientId: (0, directory_columns_1.identity)('client_id', 255),
        environment: (0, directory_columns_1.word)('environment', 16, directory_columns_1.environmentWord),
        applicationClass: (0, directory_columns_1.identity)('application_class', 128),
        grants: (0, directory_columns_1.json)('grants'),
        origins: (0, directory_columns_1.json)('origins'),
    },
    uniques: [
        { name: 'application_look', columns: ['look'] },
        { name: 'application_client', columns: ['clientId', 'issuer', 'environment'] },
    ],
});
exports.AccountEntity = new typeorm_1.EntitySchema({
    name: 'account',
    tableName: 'account',
    columns: {
        id: (0, directory_columns_1.identity)('id', 128, { primary: true }),
        look: (0, directory_columns_1.identity)('look', 128),
        kind: (0, directory_columns_1.word)('kind', 16, directory_columns_1.accountKind),
        person: (0, directory_columns_1.identity)('person', 128),
        issuer: (0, directory_columns_1.identity)('issuer', 255),
        subject: (0, directory_columns_1.identity)('subject', 255),
        subjectLook: (0, directory_columns_1.identity)('subject_look', 255),
        environment: (0, directory_columns_1.word)('environment', 16, directory_columns_1.environmentWord),
        organization: (0, directory_columns_1.identity)('organization', 128),
    },
    uniques: [
        { name: 'account_look', columns: ['look'] },
        { name: 'account_subject', columns: ['subject', 'issuer', 'environment'] },
        { name: 'account_subject_look', columns: ['subjectLook', 'issuer', 'environment'] },
    ],
});
exports.StandingEntity = new typeorm_1.EntitySchema({
    name: 'standing',
    tableName: 'standing',
    columns: {
        of: (0, directory_columns_1.word)('owner_kind', 16, (0, directory_columns_1.oneOf)('organization', 'application', 'account'), { primary: true }),
        id: (0, directory_columns_1.identity)('owner', 128, { primary: true }),
        fromMs: (0, directory_columns_1.whole)('from_ms', { primary: true }),
        standing: (0, directory_columns_1.word)('standing', 16, directory_columns_1.standingWord),
    },
    indices: [{ name: 'standing_owner', columns: ['id'] }],
});
exports.MembershipEntity = new typeorm_1.EntitySchema({
    name: 'membership',
    tableName: 'membership',
    columns: {
        id: (0, directory_columns_1.identity)('id', 128, { primary: true }),
        look: (0, directory_columns_1.identity)('look', 128),
        account: (0, directory_columns_1.identity)('account', 128),
        system: (0, directory_columns_1.identity)('system', 64),
        environment: (0, directory_columns_1.word)('environment', 16, directory_columns_1.environmentWord),
        workgroup: (0, directory_columns_1.identity)('workgroup', 128),
        staffId: (0, directory_columns_1.identity)('staff_id', 255),
        staffLook: (0, directory_columns_1.identity)('staff_look', 255),
        scopes: (0, directory_columns_1.json)('scopes'),
        privileges: (0, directory_columns_1.json)('privileges'),
        fromMs: (0, directory_columns_1.whole)('from_ms'),
        toMs: (0, directory_columns_1.wholeNullable)('to_ms'),
    },
    uniques: [{ name: 'membership_look', columns: ['look'] }],
    indices: [
        { name: 'membership_account', columns: ['account'] },
        { name: 'membership_staff', columns: ['staffLook', 'system', 'environment'] },
    ],
});
exports.SupervisionEntity = new typeorm_1.EntitySchema({
    name: 'supervision',
    tableName: 'supervision',
    columns: {
        supervisor: (0, directory_columns_1.identity)('supervisor', 128, { primary: true }),
        supervisee: (0, directory_columns_1.identity)('supervisee', 128, { primary: true }),
        fromMs: (0, directory_columns_1.whole)('from_ms', { primary: true }),
        toMs: (0, directory_columns_1.wholeNullable)('to_ms'),
    },
    indices: [{ name: 'supervision_supervisee', columns: ['supervisee'] }],
});
exports.DelegationEntity = new typeorm_1.EntitySchema({
    name: 'delegation',
    tableName: 'delegation',
    columns: {
        account: (0, directory_columns_1.identity)('account', 128, { primary: true }),
        actor: (0, directory_columns_1.identity)('actor', 128, { primary: true }),
        fromMs: (0, directory_columns_1.whole)('from_ms', { primary: true }),
        toMs: (0, directory_columns_1.wholeNullable)('to_ms'),
    },
});
exports.AdminRightEntity = new typeorm_1.EntitySchema({
    name: 'admin_right',
    tableName: 'admin_right',
    columns: {
        account: (0, directory_columns_1.identity)('account', 128, { primary: true }),
        right: (0, directory_columns_1.identity)('right_word', 192, { primary: true }),
        fromMs: (0, directory_columns_1.whole)('from_ms', { primary: true }),
        toMs: (0, directory_columns_1.wholeNullable)('to_ms'),
    },
});
exports.StoreVersionEntity = new typeorm_1.EntitySchema({
    name: 'store_version',
    tableName: 'store_version',
    columns: { name: (0, directory_columns_1.identity)('name', 16, { primary: true }), version: (0, directory_columns_1.whole)('version') },
});
exports.DirectoryChangeEntity = new typeorm_1.EntitySchema({
    name: 'directory_change',
    tableName: 'directory_change',
    columns: {
        version: (0, directory_columns_1.whole)('version', { primary: true }),
        kind: (0, directory_columns_1.identity)('change_kind', 16, { primary: true }),
        key: (0, directory_columns_1.identity)('change_key', 192, { primary: true }),
    },
});
exports.directoryEntities = [
    exports.OrganizationEntity,
    exports.ApplicationEntity,
    exports.AccountEntity,
    exports.StandingEntity,
    exports.MembershipEntity,
    exports.SupervisionEntity,
    exports.DelegationEntity,
    exports.AdminRightEntity,
    exports.StoreVersionEntity,
    exports.DirectoryChangeEntity,
];
