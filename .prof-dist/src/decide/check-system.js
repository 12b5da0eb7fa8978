"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.checkSystem = checkSystem;
const answer_memory_1 = require("./answer-memory");
const finding_1 = require("./finding");
const find_widening_1 = require("./find-widening");
const nearest_word_1 = require("./nearest-word");
const policy_engine_1 = require("./policy-engine");
const read_cases_file_1 = require("./read-cases-file");
const read_policy_file_1 = require("./read-policy-file");
const read_policy_folder_1 = require("./read-policy-folder");
const read_record_file_1 = require("./read-record-file");
const record_schema_1 = require("./record-schema");
const run_cases_1 = require("./run-cases");
/**
 * Checks one system folder: its three files each and against each other, that privacy never widens, and that every case holds.
 * Takes   before: the compiled system in force; kept as the same object where record.yaml is unchanged, so that what others derived from it stays good.
 * Fails   never: what goes wrong is a finding.
 */
async function checkSystem(name, files, breathe, before = null) {
    const nothing = { name, files, parts: null, system: null, rows: [], cases: [], results: [] };
    try {
        return await check(name, files, breathe, before);
    }
    catch (error) {
        const message = `the policy cannot be built: ${error instanceof Error ? error.message : 'unknown fault'}`;
        return { ...nothing, findings: [(0, finding_1.finding)('engine', { file: `${name}/policy.csv`, line: 1, column: 1, word: '' }, message)] };
    }
}
async function check(name, files, breathe, before) {
    const path = (file) => `${name}/${file}`;
    const { 'record.yaml': recordBytes, 'policy.csv': policyBytes, 'cases.csv': casesBytes } = files;
    const bad = (findings, more = {}) => {
        return { name, files, findings, parts: null, system: null, rows: [], cases: [], results: [], ...more };
    };
    if (!record_schema_1.WORD.test(name))
        return bad([
            (0, finding_1.finding)('form', { file: name, line: 1, column: 1, word: name }, 'a folder is named like a word: lower-case letters, digits and hyphens'),
        ]);
    if (!recordBytes || !policyBytes || !casesBytes) {
        const missing = read_policy_folder_1.SYSTEM_FILES.filter((file) => !files[file]);
        return bad(missing.map((file) => (0, finding_1.finding)('unreadable', { file: path(file), line: 1, column: 1, word: '' }, 'the file is missing, or larger than 4 MiB')));
    }
    const record = (0, read_record_file_1.readRecordFile)(recordBytes, path('record.yaml'), name);
    await breathe();
    if (record.system === null)
        return bad(record.findings);
    const system = before?.version === record.system.version ? before : record.system;
    const policy = (0, read_policy_file_1.readPolicyFile)(policyBytes, path('policy.csv'), system);
    await breathe();
    const read = (0, read_cases_file_1.readCasesFile)(casesBytes, path('cases.csv'), system);
    await breathe();
    const files3 = [...policy.findings, ...read.findings];
    if (files3.length > 0)
        return bad(files3, { system, rows: policy.rows, cases: read.cases });
    const across = [
        ...workgroupFindings(policy.rows, read.cases, path('policy.csv')),
        ...clauseFindings(record.workgroups, policy.rows, path('record.yaml')),
        ...(await (0, find_widening_1.findWidening)(system, policy.rows, path('policy.csv'), breathe)),
    ];
    const engine = await (0, policy_engine_1.buildPolicyEngine)(system, policy.rows, breathe);
    const workgroups = [...new Set(policy.rows.map((row) => row.workgroup))]
        .filter((word) => word !== '*')
        .map((word) => word.slice('group:'.length));
    const parts = { system, engine, memory: new answer_memory_1.AnswerMemory(engine), workgroups: Object.freeze(workgroups) };
    const results = await (0, run_cases_1.runCases)(parts, read.cases, breathe);
    const findings = [...across, ...(0, run_cases_1.caseFindings)(results, path('cases.csv'))];
    return { name, files, findings, parts: findings.length === 0 ? parts : null, system, rows: policy.rows, cases: read.cases, results };
}
/** A workgroup has rows in two files: so a slip of the pen in a deny row cannot pass for a workgroup of its own. */
function workgroupFindings(rows, cases, file) {
    const known = new Set(cases.map((one) => `group:${one.workgroup}`));
    const seen = new Set(['*']);
    return rows.flatMap((row) => {
        if (known.has(row.workgroup) || seen.has(row.workgroup))
            return [];
        seen.add(row.workgroup);
        const place = { file, line: row.line, column: 1, word: row.workgroup };
        return [(0, finding_1.finding)('workgroup-without-case', place, `no case in cases.csv speaks of ${row.workgroup}`, (0, nearest_word_1.nearestWord)(row.workgroup, known))];
    });
}
function clauseFindings(named, rows, file) {
    const known = new Set(rows.map((row) => row.workgroup.replace(/^group:/, '')));
    return named
        .filter((one) => !known.has(one.word))
        .map((one) => (0, finding_1.finding)('unknown-word', { file, ...one }, `no row of policy.csv speaks of the workgroup ${one.word}`, (0, nearest_word_1.nearestWord)(one.word, known)));
}
