"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.checkPolicyFolder = checkPolicyFolder;
exports.modelFindings = modelFindings;
const breather_1 = require("./breather");
const check_system_1 = require("./check-system");
const check_model_1 = require("./check-model");
const finding_1 = require("./finding");
const read_policy_folder_1 = require("./read-policy-folder");
/**
 * Checks a policy folder as the gateway would at start; for `casegate policy check` and `policy test`.
 * Fails   rejects where the folder cannot be read.
 */
async function checkPolicyFolder(folder) {
    const read = await (0, read_policy_folder_1.readPolicyFolder)(folder);
    const breathe = (0, breather_1.createBreather)();
    const systems = [];
    for (const [name, files] of read.systems)
        systems.push(await (0, check_system_1.checkSystem)(name, files, breathe));
    const findings = [...modelFindings(read), ...systems.flatMap((system) => system.findings)];
    if (systems.length === 0)
        findings.push((0, finding_1.finding)('unreadable', { file: '.', line: 1, column: 1, word: '' }, 'the folder holds no system'));
    return { findings, version: (0, read_policy_folder_1.versionOf)(read.systems), systems };
}
function modelFindings(read) {
    if (read.model === null)
        return [(0, finding_1.finding)('model', { file: 'model.conf', line: 1, column: 1, word: '' }, 'the model is missing')];
    return (0, check_model_1.checkModel)(read.model, 'model.conf');
}
