"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.runDemo = runDemo;
const node_fs_1 = require("node:fs");
const node_os_1 = require("node:os");
const node_path_1 = require("node:path");
const demo_directory_1 = require("./demo-directory");
const demo_settings_1 = require("./demo-settings");
const people_1 = require("./people");
const pick_port_1 = require("./pick-port");
const running_demo_1 = require("./running-demo");
const start_child_1 = require("./start-child");
const tour_1 = require("./tour");
const tour_record_1 = require("./tour-record");
/**
 * Brings up two case systems, the identity provider and the gateway on loopback, and prints the tour.
 * Whatever was started is stopped again, also when something fails; failing is an Error that says what.
 */
async function runDemo(options) {
    const { print } = options;
    const isTemporary = options.folder === undefined && options.once;
    const folder = options.folder ?? (options.once ? (0, node_fs_1.mkdtempSync)((0, node_path_1.join)((0, node_os_1.tmpdir)(), 'casegate-demo-')) : (0, node_path_1.join)(process.cwd(), '.casegate', 'demo'));
    const stops = [];
    // Waiting starts before anything does, so that Ctrl-C during the start stops cleanly too.
    const stopped = options.once ? null : (options.untilStopped ?? signalled)();
    try {
        if (isTemporary)
            stops.push(() => (0, node_fs_1.rmSync)(folder, { recursive: true, force: true }));
        else
            (0, running_demo_1.freshDemoFolder)(folder);
        const ports = await pickPorts(options.ports ?? demo_settings_1.DEMO_PORTS);
        const [caseSystems, provider] = await Promise.all([
            started((0, start_child_1.startChild)(__dirname, 'case-systems', ports), stops),
            started((0, start_child_1.startChild)(__dirname, 'identity-provider', { port: ports.identityProvider }), stops),
        ]);
        const { issuer } = provider.ready;
        const { workforceOneUrl, trackOneUrl, registryCsv } = caseSystems.ready;
        const settings = (0, demo_settings_1.demoSettings)({ folder, ports, issuer, workforceOneUrl, trackOneUrl });
        await options.importDirectory(settings, (0, demo_directory_1.demoDirectory)(issuer, registryCsv));
        const gateway = await options.startGateway(settings);
        stops.push(() => gateway.stop());
        await (0, tour_1.showTour)({
            identityProvider: issuer,
            dataUrl: gateway.dataUrl,
            findEntry: (accessId) => options.findEntry(settings, accessId),
            print,
        });
        if (stopped === null)
            return;
        (0, running_demo_1.writeRunningDemo)(folder, { pid: process.pid, identityProvider: issuer, dataUrl: gateway.dataUrl, adminUrl: gateway.adminUrl });
        stops.push(() => (0, running_demo_1.forgetRunningDemo)(folder));
        for (const line of inviting(gateway, { issuer, workforceOneUrl, trackOneUrl }))
            print(line);
        await stopped;
    }
    finally {
        for (const stop of stops.reverse())
            await stop();
    }
}
/** A child that starts beside one that fails must be stopped too. */
async function started(starting, stops) {
    stops.push(() => starting.then((child) => child.stop()).catch(() => undefined));
    return starting;
}
async function pickPorts(wanted) {
    const taken = new Set();
    const pick = async (port) => {
        const picked = await (0, pick_port_1.pickPort)(port);
        if (taken.has(picked))
            return pick(0);
        taken.add(picked);
        return picked;
    };
    return {
        data: await pick(wanted.data),
        admin: await pick(wanted.admin),
        identityProvider: await pick(wanted.identityProvider),
        workforceOne: await pick(wanted.workforceOne),
        trackOne: await pick(wanted.trackOne),
    };
}
function inviting(gateway, behind) {
    const { dataUrl, adminUrl } = gateway;
    return [
        '',
        'It stays up. In another terminal, in this folder:',
        '',
        '  TOKEN=$(npx casegate demo token counselor)',
        `  curl -si -H "Authorization: Bearer $TOKEN" ${dataUrl}/workforce-one/records/${tour_record_1.TOUR_RECORD_ID}`,
        `  curl -si -H "Authorization: Bearer $(npx casegate demo token other-counselor)" ${dataUrl}/workforce-one/records/${tour_record_1.TOUR_RECORD_ID}`,
        `  curl -si -H "Authorization: Bearer $(npx casegate demo token team-member)" ${dataUrl}/trackone/participants/T1-200041`,
        `  curl -s -H "Authorization: Bearer $(npx casegate demo token operator --audience admin)" ${adminUrl}/metrics`,
        `  curl -si ${adminUrl}/readyz`,
        '',
        `  data plane ${dataUrl}   admin plane ${adminUrl}   identity provider ${behind.issuer}`,
        `  behind the gateway: workforce-one ${behind.workforceOneUrl}, trackone ${behind.trackOneUrl}`,
        '',
        `People to be: ${Object.keys(people_1.DEMO_PEOPLE).join(', ')}.`,
        'Ctrl-C stops it.',
    ];
}
function signalled() {
    return new Promise((resolve) => {
        process.once('SIGINT', () => resolve());
        process.once('SIGTERM', () => resolve());
    });
}
