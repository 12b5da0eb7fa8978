"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const node_crypto_1 = require("node:crypto");
const node_path_1 = require("node:path");
const tree_root_1 = require("../../demo/tree-root");
const start_child_1 = require("../../demo/start-child");
const compose_1 = require("../../src/compose");
const load_settings_1 = require("../../src/settings/load-settings");
const make_record_1 = require("../make-record");
/**
 * The gateway as it is served: the policy of workforce-one, the embedded store on disk, the entry durable before the answer.
 * The caller is assigned to the record and may see all of it; the application may carry two thirds of the fields.
 */
async function start(input) {
    const settings = settingsOf(input);
    const report = await (0, compose_1.importDirectory)(settings, [{ name: 'bench.yaml', content: JSON.stringify(directoryOf(input)) }]);
    if (report.outcome !== 'applied')
        throw new Error(`the directory was refused: ${report.problems[0]?.column} ${report.problems[0]?.reason}`);
    const gateway = await (0, compose_1.startGateway)(settings);
    return { ready: { port: Number(new URL(gateway.dataUrl).port) } };
}
function settingsOf({ folder, upstreamPort, issuer, jwksUrl, audience }) {
    const config = {
        environment: 'production',
        dataPlane: { port: 0 },
        adminPlane: { port: 0 },
        store: { kind: 'sqlite', folder },
        issuers: [{ issuer, jwksUri: jwksUrl, audience, algorithms: ['RS256'] }],
        systems: { 'workforce-one': { origin: `http://127.0.0.1:${upstreamPort}`, credential: { kind: 'none' } } },
        policies: { folder: (0, node_path_1.join)((0, tree_root_1.treeRoot)(), 'policies') },
        // The limiters count every request as always; one caller sends more here than a person ever would.
        rateLimits: { addressPerMinute: 10_000_000, callerPerMinute: 10_000_000 },
        logLevel: 'error',
    };
    const env = { CASEGATE_LOG_DIGEST_KEY: (0, node_crypto_1.randomBytes)(32).toString('hex') };
    return (0, load_settings_1.loadSettings)({ env, configText: JSON.stringify(config), folder, mode: 'demo' });
}
/** One person in the form that `casegate directory import` takes; JSON is YAML. */
function directoryOf({ issuer, clientId, subject }) {
    const from = '2024-01-01';
    const environment = 'production';
    const system = 'workforce-one';
    return {
        organizations: [{ id: 'bench', name: 'Bench' }],
        applications: [
            {
                id: 'bench',
                issuer,
                client_id: clientId,
                environment,
                class: 'case-work',
                grants: [{ system, actions: ['read'], sections: make_record_1.BENCH_SECTIONS }],
            },
        ],
        accounts: [{ id: subject, kind: 'person', person: subject, issuer, subject, environment, organization: 'bench' }],
        standings: [
            { of: 'organization', id: 'bench', standing: 'active', from },
            { of: 'application', id: 'bench', standing: 'active', from },
            { of: 'account', id: subject, standing: 'active', from },
        ],
        memberships: [
            {
                id: 'bench',
                account: subject,
                system,
                environment,
                workgroup: 'employment-counselor',
                staff_id: 'S1001',
                agency: 'AG-NORTH',
                counties: ['*'],
                privileges: ['private-records'],
                from,
            },
        ],
    };
}
(0, start_child_1.runAsChild)(start);
