"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.registryEntities = exports.PrivacyTransactionEntity = exports.RegistryChangeEntity = exports.RecordRegistryEntity = void 0;
const typeorm_1 = require("typeorm");
const directory_columns_1 = require("./directory-columns");
exports.RecordRegistryEntity = new typeorm_1.EntitySchema({
    name: 'record_registry',
    tableName: 'record_registry',
    columns: {
        system: (0, directory_columns_1.identity)('system', 64, { primary: true }),
        environment: (0, directory_columns_1.word)('environment', 16, directory_columns_1.environmentWord, { primary: true }),
        recordId: (0, directory_columns_1.identity)('record_id', 64, { primary: true }),
        // TypeORM itself writes true as 1; a transformer that did it before would make true a 0.
        isPrivate: { name: 'is_private', type: 'boolean', nullable: true, transformer: { from: directory_columns_1.flagOrNull, to: (value) => value } },
        codes: (0, directory_columns_1.json)('codes'),
        lastEffectiveMs: (0, directory_columns_1.wholeNullable)('last_effective_ms'),
        lastSequence: (0, directory_columns_1.wholeNullable)('last_sequence'),
        version: (0, directory_columns_1.whole)('version'),
    },
});
exports.RegistryChangeEntity = new typeorm_1.EntitySchema({
    name: 'registry_change',
    tableName: 'registry_change',
    columns: {
        version: (0, directory_columns_1.whole)('version', { primary: true }),
        kind: (0, directory_columns_1.identity)('change_kind', 16, { primary: true }),
        key: (0, directory_columns_1.identity)('change_key', 192, { primary: true }),
    },
});
exports.PrivacyTransactionEntity = new typeorm_1.EntitySchema({
    name: 'privacy_transaction',
    tableName: 'privacy_transaction',
    columns: {
        system: (0, directory_columns_1.identity)('system', 64, { primary: true }),
        environment: (0, directory_columns_1.word)('environment', 16, directory_columns_1.environmentWord, { primary: true }),
        transactionId: (0, directory_columns_1.identity)('transaction_id', 128, { primary: true }),
        recordId: (0, directory_columns_1.identity)('record_id', 64),
        action: (0, directory_columns_1.word)('action', 8, (0, directory_columns_1.oneOf)('set', 'clear')),
        effectiveMs: (0, directory_columns_1.whole)('effective_ms'),
        sourceSequence: (0, directory_columns_1.whole)('source_sequence'),
        receivedMs: (0, directory_columns_1.whole)('received_ms'),
    },
});
exports.registryEntities = [
    exports.RecordRegistryEntity,
    exports.RegistryChangeEntity,
    exports.PrivacyTransactionEntity,
];
