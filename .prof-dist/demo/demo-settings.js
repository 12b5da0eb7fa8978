"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.DEMO_PORTS = void 0;
exports.demoSettings = demoSettings;
const node_crypto_1 = require("node:crypto");
const node_path_1 = require("node:path");
const load_settings_1 = require("../src/settings/load-settings");
const demo_sign_on_1 = require("./demo-sign-on");
const tree_root_1 = require("./tree-root");
exports.DEMO_PORTS = { data: 8080, admin: 8081, identityProvider: 8090, workforceOne: 8091, trackOne: 8092 };
/** The settings of the demo's gateway: the embedded store in `folder`, everything on loopback, a digest key that is new at every start. */
function demoSettings(demo) {
    const config = {
        environment: 'production',
        dataPlane: { port: demo.ports.data },
        adminPlane: { port: demo.ports.admin },
        store: { kind: 'sqlite', folder: demo.folder },
        issuers: [
            {
                issuer: demo.issuer,
                jwksUri: `${demo.issuer}/jwks`,
                audience: demo_sign_on_1.DEMO_AUDIENCES.data,
                adminAudience: demo_sign_on_1.DEMO_AUDIENCES.admin,
                algorithms: ['ES256'],
            },
        ],
        systems: {
            'workforce-one': { origin: demo.workforceOneUrl, credential: { kind: 'none' } },
            trackone: { origin: demo.trackOneUrl, credential: { kind: 'none' } },
        },
        policies: { folder: (0, node_path_1.join)((0, tree_root_1.treeRoot)(), 'policies') },
        // The tour owns the terminal; what the gateway has to say to an operator starts at a warning.
        logLevel: 'warn',
    };
    const env = { CASEGATE_LOG_DIGEST_KEY: (0, node_crypto_1.randomBytes)(32).toString('hex') };
    return (0, load_settings_1.loadSettings)({ env, configText: JSON.stringify(config), folder: demo.folder, mode: 'demo' });
}
