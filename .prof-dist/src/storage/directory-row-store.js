"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createRowStore = createRowStore;
const typeorm_1 = require("typeorm");
const errors_1 = require("../vocabulary/errors");
const directory_columns_1 = require("./directory-columns");
const directory_entities_1 = require("./directory-entities");
const registry_entities_1 = require("./registry-entities");
/** Values bound in one statement stay well under what either engine takes. */
const PIECE = 200;
/**
 * The directory and the registry as administrators and feeds write them, on both engines.
 *
 * A changing transaction locks the two version rows first, always in the same order; versions are therefore committed in their order.
 * Rows that come back are compared with what was asked for, byte by byte, once more (library-pitfalls.md, 3).
 * Fails   GatewayError('directory-unavailable') where the database does; a GatewayError of the caller's own passes through.
 */
function createRowStore(store) {
    // They would wait for the lock anyway: here they wait without holding a connection, and without MariaDB's lock time-out.
    let last = Promise.resolve();
    const oneByOne = (work) => {
        const mine = last.then(work);
        last = mine.catch(() => undefined);
        return mine;
    };
    return {
        reading: (work) => orUnavailable(() => store.read((manager) => work(rowsThrough(manager)))),
        changing: (work) => orUnavailable(() => oneByOne(() => store.inTransaction(async (manager) => {
            const lock = store.engine === 'mariadb' ? ' FOR UPDATE' : '';
            await manager.query(`SELECT version FROM store_version WHERE name = 'directory'${lock}`);
            await manager.query(`SELECT version FROM store_version WHERE name = 'registry'${lock}`);
            return work(rowsInto(manager));
        }))),
    };
}
async function orUnavailable(work) {
    try {
        return await work();
    }
    catch (cause) {
        if (cause instanceof errors_1.GatewayError)
            throw cause;
        throw new errors_1.GatewayError('directory-unavailable', 'the governance store failed', { cause });
    }
}
function rowsThrough(manager) {
    return {
        async find(kind, column, values, fixed = {}) {
            if (!values.every((value) => typeof value === 'string'))
                throw new TypeError('rows are looked up by text alone');
            const found = [];
            const wanted = new Set(values);
            for (const piece of pieces([...wanted])) {
                const where = { ...fixed, [column]: (0, typeorm_1.In)([...piece]) };
                const rows = await manager.getRepository(entityOf(kind)).find({ where });
                found.push(...rows.map((row) => fromColumns(kind, row)).filter((row) => wanted.has(row[column])));
                await letOthersRun();
            }
            return found;
        },
        async versions() {
            const rows = await manager.query('SELECT name, version FROM store_version');
            const version = (name) => (0, directory_columns_1.wholeNumber)(rows.find((row) => row.name === name)?.version);
            return { directory: version('directory'), registry: version('registry') };
        },
    };
}
function rowsInto(manager) {
    const reader = rowsThrough(manager);
    return {
        ...reader,
        async insert(kind, rows) {
            const next = (await reader.versions()).registry + 1;
            for (const piece of pieces(rows)) {
                const columns = piece.map((row) => toColumns(kind, row, next));
                await insertRows(manager, entityOf(kind), columns);
            }
        },
        async update(kind, rows) {
            const next = (await reader.versions()).registry + 1;
            const entity = entityOf(kind);
            const keys = manager.connection.getMetadata(entity).primaryColumns.map((column) => column.propertyName);
            for (const row of rows) {
                const columns = toColumns(kind, row, next);
                const isKey = ([name]) => keys.includes(name);
                const criteria = Object.fromEntries(Object.entries(columns).filter(isKey));
                const values = Object.fromEntries(Object.entries(columns).filter((entry) => !isKey(entry)));
                const { affected } = await manager.update(entity, criteria, values);
                if (affected !== 1)
                    throw new Error(`a row of ${kind} that was read is not there`);
                await letOthersRun();
            }
        },
        async publish(name, touched) {
            const version = (await reader.versions())[name] + 1;
            await manager.query('UPDATE store_version SET version = ? WHERE name = ?', [version, name]);
            const entity = (name === 'directory' ? directory_entities_1.DirectoryChangeEntity : registry_entities_1.RegistryChangeEntity);
            for (const piece of pieces(touched)) {
                await insertRows(manager, entity, piece.map(({ kind, key }) => ({ version, kind, key })));
            }
            return version;
        },
    };
}
/** Only ever inserts: TypeORM's save() would overwrite a row that is there. */
async function insertRows(manager, entity, rows) {
    await manager
        .createQueryBuilder()
        .insert()
        .into(entity)
        .values([...rows])
        .updateEntity(false)
        .execute();
    await letOthersRun();
}
/** SQLite answers without leaving the loop: a large import would hold every request until its end. */
const letOthersRun = () => new Promise((resolve) => setImmediate(resolve));
const ENTITIES = {
    organizations: directory_entities_1.OrganizationEntity,
    applications: directory_entities_1.ApplicationEntity,
    accounts: directory_entities_1.AccountEntity,
    standings: directory_entities_1.StandingEntity,
    memberships: directory_entities_1.MembershipEntity,
    supervision: directory_entities_1.SupervisionEntity,
    delegations: directory_entities_1.DelegationEntity,
    rights: directory_entities_1.AdminRightEntity,
    records: registry_entities_1.RecordRegistryEntity,
    transactions: registry_entities_1.PrivacyTransactionEntity,
};
const entityOf = (kind) => ENTITIES[kind];
function toColumns(kind, row, registryVersion) {
    if (kind !== 'records')
        return { ...row };
    const { last, ...record } = row;
    const columns = {
        ...record,
        lastEffectiveMs: last?.effectiveMs ?? null,
        lastSequence: last?.sourceSequence ?? null,
        version: registryVersion,
    };
    return columns;
}
function fromColumns(kind, row) {
    if (kind !== 'records')
        return { ...row };
    const { lastEffectiveMs, lastSequence, version: _, ...record } = row;
    const last = lastEffectiveMs === null || lastSequence === null ? null : { effectiveMs: lastEffectiveMs, sourceSequence: lastSequence };
    const whole = { ...record, last };
    return whole;
}
function pieces(values) {
    const cut = [];
    for (let i = 0; i < values.length; i += PIECE)
        cut.push(values.slice(i, i + PIECE));
    return cut;
}
