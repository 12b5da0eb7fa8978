"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.cliServices = cliServices;
exports.importDirectory = importDirectory;
const node_fs_1 = require("node:fs");
const node_path_1 = require("node:path");
const read_entries_1 = require("../audit/read-entries");
const verify_chain_1 = require("../audit/verify-chain");
const check_policy_folder_1 = require("../decide/check-policy-folder");
const import_directory_1 = require("../governance/directory/import/import-directory");
const spans_1 = require("../governance/spans");
const load_settings_1 = require("../settings/load-settings");
const directory_store_1 = require("../storage/directory-store");
const directory_row_store_1 = require("../storage/directory-row-store");
const log_reader_1 = require("../storage/log-reader");
const migrate_1 = require("../storage/migrate");
const open_data_source_1 = require("../storage/open-data-source");
const store_lock_1 = require("../storage/store-lock");
const open_stores_1 = require("./open-stores");
const start_gateway_1 = require("./start-gateway");
/** Fulfils what the commands ask for. Reading commands open the store read-only beside a running gateway. */
function cliServices(version) {
    const settingsOf = ({ configFile }) => (0, load_settings_1.loadProcessSettings)({ configFile, mode: 'serve' });
    return {
        version,
        serve: (choice) => serve(settingsOf(choice)),
        checkSettings: (choice) => Promise.resolve(settingsOf(choice)),
        demo,
        demoToken,
        checkPolicies: async (folder, choice) => policyCheck(folderOf(folder, choice), await (0, check_policy_folder_1.checkPolicyFolder)(folderOf(folder, choice))),
        testPolicies: async (folder, choice) => {
            const checked = await (0, check_policy_folder_1.checkPolicyFolder)(folderOf(folder, choice));
            const cases = checked.systems.flatMap(({ name, results }) => results.map(({ case: one, isPassed }) => ({ system: name, line: one.line, name: one.name, isPassed })));
            return { ...policyCheck(folderOf(folder, choice), checked), cases };
        },
        verifyLog: (choice) => verifyLog(settingsOf(choice)),
        searchLog: (question, choice) => searchLog(settingsOf(choice), question),
        importDirectory: (files, { dryRun }, choice) => importDirectory(settingsOf(choice), readFiles(files), dryRun),
        listDirectory: ({ organization }, choice) => listDirectory(settingsOf(choice), organization),
        migrate: (choice) => migrateStore(settingsOf(choice)),
    };
}
/** A production image has neither the demo nor what it stands on: it is loaded when it is asked for. */
/* eslint-disable @typescript-eslint/no-require-imports -- `import()` resolves as an ES module and would need file endings */
const loadDemo = () => ({
    ...require('../../demo/run-demo'),
    ...require('../../demo/fetch-demo-token'),
    ...require('../../demo/running-demo'),
});
/* eslint-enable @typescript-eslint/no-require-imports */
async function demo({ once }) {
    await loadDemo().runDemo({
        once,
        print: (line) => void process.stdout.write(`${line}\n`),
        startGateway: start_gateway_1.startGateway,
        importDirectory: async (settings, files) => demandApplied(await importDirectory(settings, files)),
        findEntry: async (settings, accessId) => (await entriesOf(settings, (reader) => (0, read_entries_1.readEntries)(reader, { accessId }, { limit: 1 })))[0]?.entry,
    });
}
async function demoToken(person, audience) {
    const { fetchDemoToken, readRunningDemo } = loadDemo();
    const running = readRunningDemo((0, node_path_1.resolve)('.casegate', 'demo'));
    if (running === undefined)
        throw new Error('No demo runs in this folder. Start one with: npm run demo');
    return fetchDemoToken(running.identityProvider, person, audience);
}
async function serve(settings) {
    const gateway = await (0, start_gateway_1.startGateway)(settings);
    await new Promise((told) => {
        process.once('SIGTERM', () => told());
        process.once('SIGINT', () => told());
    });
    await gateway.stop();
}
/**
 * Imports into the store while no gateway runs on it (SQLite), or beside running ones (MariaDB), which follow at once.
 *
 * Fails   on SQLite with the way to go where a gateway holds the store.
 */
async function importDirectory(settings, files, dryRun = false) {
    const stores = await (0, open_stores_1.openStores)(settings).catch((fault) => {
        throw fault instanceof store_lock_1.StoreInUse ? new Error(throughTheGateway(fault)) : fault;
    });
    try {
        return await (0, import_directory_1.importDirectory)({ files, dryRun }, { store: (0, directory_row_store_1.createRowStore)(stores.governance) });
    }
    finally {
        await stores.close();
    }
}
const throughTheGateway = ({ message, holder }) => `${message}. ${holder === undefined || holder.adminUrl === null ? 'Try again when it is done.' : `A gateway runs on it: POST the files to ${holder.adminUrl}/api/v1/directory/imports with the right directory-admin.`}`;
function demandApplied(report) {
    if (report.outcome === 'applied' || report.outcome === 'unchanged')
        return;
    const lines = report.problems.slice(0, 5).map((one) => `${one.file}:${one.line} ${one.column}: ${one.reason}`);
    throw new Error(`the directory was refused: ${lines.join('; ')}`);
}
const readFiles = (files) => files.map((file) => ({ name: (0, node_path_1.basename)(file), content: (0, node_fs_1.readFileSync)((0, node_path_1.resolve)(file), 'utf8') }));
function folderOf(folder, choice) {
    if (folder !== undefined)
        return (0, node_path_1.resolve)(folder);
    try {
        return (0, load_settings_1.loadProcessSettings)({ configFile: choice.configFile, mode: 'serve' }).policies.folder;
    }
    catch (fault) {
        // Policies can be checked where no gateway is set up; settings that were named must be good.
        if (fault instanceof load_settings_1.SettingsError && choice.configFile === undefined)
            return (0, node_path_1.resolve)('policies');
        throw fault;
    }
}
const policyCheck = (folder, { findings, version, systems }) => ({
    folder,
    version,
    systems: systems.map((one) => one.name),
    findings: findings.map(({ file, line, column, word, rule, message, nearest }) => ({
        file,
        line,
        column,
        word,
        rule,
        message,
        ...(nearest === undefined ? {} : { nearest }),
    })),
});
async function entriesOf(settings, read) {
    const reader = (0, log_reader_1.openLogReader)((0, open_stores_1.storeSettings)(settings));
    try {
        return (await read(reader)).entries;
    }
    finally {
        await reader.close();
    }
}
async function verifyLog(settings) {
    const reader = (0, log_reader_1.openLogReader)((0, open_stores_1.storeSettings)(settings));
    try {
        const reports = await (0, verify_chain_1.verifyChains)(reader);
        return {
            chains: reports.length,
            entries: reports.reduce((sum, one) => sum + one.entries, 0),
            faults: reports.flatMap(({ chain, fault }) => fault === null
                ? []
                : [{ chain, seq: fault.seq, message: `${fault.problem}${fault.accessId === null ? '' : ` (${fault.accessId})`}` }]),
        };
    }
    finally {
        await reader.close();
    }
}
/** The reader filters by one word at the store; system and person are looked at here, page by page. */
async function searchLog(settings, { system, record, person, limit }) {
    const fits = (entry) => (system === undefined || entry.system === system) &&
        (person === undefined || entry.who?.account === person || entry.who?.person === person);
    const found = [];
    const reader = (0, log_reader_1.openLogReader)((0, open_stores_1.storeSettings)(settings));
    try {
        for (let before = null;;) {
            const page = await (0, read_entries_1.readEntries)(reader, record === undefined ? {} : { recordId: record }, { limit: 500, before });
            found.push(...page.entries.filter(({ entry }) => fits(entry)));
            before = page.next;
            if (found.length >= limit || before === null)
                return found.slice(0, limit);
        }
    }
    finally {
        await reader.close();
    }
}
async function listDirectory(settings, organization) {
    const governance = await (0, open_data_source_1.openDataSource)((0, open_stores_1.storeSettings)(settings), { readOnly: true });
    try {
        const store = (0, directory_store_1.createDirectoryStore)(governance);
        const accounts = [];
        for (let after = null;;) {
            const page = await store.accountPage(after, 1_000);
            for (const { account, memberships } of page) {
                if (organization !== undefined && account.organization !== organization)
                    continue;
                const { id, kind, environment, standings } = account;
                const standing = (0, spans_1.standingAt)(standings, Date.now());
                accounts.push({
                    id,
                    kind,
                    environment,
                    organization: account.organization,
                    standing,
                    memberships: memberships.map(membershipLine),
                });
            }
            after = page.at(-1)?.account.id ?? null;
            if (page.length < 1_000 || after === null)
                return { version: await store.version(), accounts };
        }
    }
    finally {
        await governance.close();
    }
}
const membershipLine = ({ system, workgroup, scopes }) => ({ system, workgroup, agency: scopes.agency.join(';') });
async function migrateStore(settings) {
    const chosen = (0, open_stores_1.storeSettings)(settings, 'migrator');
    if (chosen.kind === 'mariadb')
        return (0, migrate_1.migrate)(chosen);
    const lock = (0, store_lock_1.takeStoreLock)(chosen.folder);
    try {
        return await (0, migrate_1.migrate)(chosen);
    }
    finally {
        lock.release();
    }
}
