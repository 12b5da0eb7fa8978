"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.startCaseSystems = startCaseSystems;
const node_http_1 = require("node:http");
const json_server_1 = __importDefault(require("json-server"));
const make_records_1 = require("./make-records");
const registry_rows_1 = require("./registry-rows");
const start_child_1 = require("./start-child");
/**
 * Two demo case systems, json-server over records made in memory, each on its loopback port (0 for a free one).
 * They ask nobody who they are: closing that way round the gateway is the operator's work (docs/operations).
 */
async function startCaseSystems(ports) {
    const { workforceOne, trackOne } = (0, make_records_1.makeRecords)();
    const [workforceOneUrl, trackOneUrl] = await Promise.all([
        serve({ records: workforceOne }, 'recordId', ports.workforceOne),
        serve({ participants: trackOne }, 'participantId', ports.trackOne),
    ]);
    return { workforceOneUrl, trackOneUrl, registryCsv: (0, registry_rows_1.registryCsv)({ workforceOne, trackOne }) };
}
async function serve(data, idField, port) {
    const app = json_server_1.default.create();
    app.use(json_server_1.default.defaults({ logger: false, noCors: true, readOnly: true }));
    const router = json_server_1.default.router(data);
    router.db._.id = idField;
    app.use(router);
    const server = (0, node_http_1.createServer)(app);
    await new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${server.address().port}`;
}
if (require.main === module) {
    (0, start_child_1.runAsChild)(async (ports) => ({ ready: await startCaseSystems(ports) }));
}
