"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readCasesFile = readCasesFile;
const case_system_1 = require("../vocabulary/case-system");
const reasons_1 = require("../vocabulary/reasons");
const read_csv_1 = require("../reading/read-csv");
const read_text_1 = require("../reading/read-text");
const finding_1 = require("./finding");
const nearest_word_1 = require("./nearest-word");
const read_policy_file_1 = require("./read-policy-file");
const COLUMNS = ['name', 'workgroup', 'relation', 'privacy', 'when', 'action', 'view', 'sections', 'reason'];
const VIEWS = ['full', 'partial', 'basic', 'none'];
/**
 * cases.csv of one system: the header `name, workgroup, relation, privacy, when, action, view, sections, reason`, rows of examples, a closing row `end`.
 *
 * Takes   relation and when: words joined by ` & `, or `none` and `always`. sections: words joined by ` & `, `all`, `none`, or `all but` words.
 * Gives   the cases, or every finding.
 * Fails   never.
 */
function readCasesFile(bytes, file, system) {
    const { text, problems } = (0, read_text_1.readText)(bytes, file);
    const csv = (0, read_csv_1.readCsv)(text, file);
    const findings = [...problems, ...csv.problems].map((problem) => (0, finding_1.finding)('unreadable', problem, problem.message));
    if (problems.length > 0)
        return { cases: [], findings };
    const [header, ...rows] = (0, read_policy_file_1.beforeEnd)(csv.rows, text, file, findings);
    const wrong = COLUMNS.findIndex((column, i) => header?.cells[i]?.text !== column);
    if (!header || wrong >= 0 || header.cells.length !== COLUMNS.length) {
        const cell = header?.cells[Math.max(wrong, 0)] ?? header?.cells.at(-1);
        findings.push((0, finding_1.finding)('form', cell ? (0, read_policy_file_1.at)(file, cell) : { file, line: 1, column: 1, word: '' }, `the first row is ${COLUMNS.join(', ')}`));
        return { cases: [], findings };
    }
    const cases = rows.flatMap((row) => readCase(row, file, system, findings) ?? []);
    const names = new Map();
    for (const one of cases) {
        const twin = names.get(one.name);
        if (twin !== undefined)
            findings.push((0, finding_1.finding)('duplicate', { file, line: one.line, column: 1, word: one.name }, `line ${twin} has this name`));
        names.set(one.name, one.line);
    }
    return { cases, findings };
}
function readCase(row, file, system, findings) {
    const before = findings.length;
    if (row.cells.length !== COLUMNS.length) {
        findings.push((0, finding_1.finding)('C03', (0, read_policy_file_1.at)(file, row.cells.at(-1) ?? row.cells[0]), `a case has ${COLUMNS.length} cells; this one has ${row.cells.length}`));
        return null;
    }
    for (const [i, cell] of row.cells.entries())
        if (cell.text === '')
            findings.push((0, finding_1.finding)('C01', (0, read_policy_file_1.at)(file, cell), `${COLUMNS[i] ?? ''} is blank`));
    if (findings.length > before)
        return null;
    const [name, workgroup, relation, privacy, when, action, view, sections, reason] = row.cells;
    (0, read_policy_file_1.checkWorkgroup)(workgroup, file, findings);
    (0, read_policy_file_1.checkWord)(privacy, ['open', 'private'], 'privacy', file, findings);
    (0, read_policy_file_1.checkWord)(action, case_system_1.ACTIONS, 'action', file, findings);
    (0, read_policy_file_1.checkWord)(view, VIEWS, 'view', file, findings);
    const relations = relation.text === 'none' ? [] : relation.text.split(' & ');
    const relationWords = system.relations.map((test) => test.word);
    for (const word of relations)
        (0, read_policy_file_1.checkWord)({ ...relation, text: word }, relationWords, 'relation', file, findings);
    const conditions = (0, read_policy_file_1.readWhen)(when, system, file, findings) ?? [];
    const disclosed = readSections(sections, system, file, findings);
    const reasons = reason.text.split(' & ');
    for (const word of reasons)
        if (!(0, reasons_1.isReason)(word))
            findings.push((0, finding_1.finding)('unknown-word', { ...(0, read_policy_file_1.at)(file, reason), word }, `${word} is no reason`));
    if (findings.length > before)
        return null;
    return {
        line: row.line,
        name: name.text,
        workgroup: workgroup.text.slice('group:'.length),
        relations: maskOf(relations, relationWords),
        isPrivate: privacy.text === 'private',
        conditions: maskOf(conditions, system.conditions.map((test) => test.word)),
        action: action.text,
        view: view.text,
        sections: disclosed,
        reasons,
    };
}
function readSections(cell, system, file, findings) {
    if (cell.text === 'none')
        return [];
    if (cell.text === 'all')
        return system.sections;
    const isBut = cell.text.startsWith('all but ');
    const words = (isBut ? cell.text.slice('all but '.length) : cell.text).split(' & ');
    for (const word of words) {
        if (!system.sections.includes(word))
            findings.push((0, finding_1.finding)('unknown-word', { ...(0, read_policy_file_1.at)(file, cell), word }, `${word} is no section of this system`, (0, nearest_word_1.nearestWord)(word, system.sections)));
    }
    return system.sections.filter((section) => words.includes(section) !== isBut);
}
const maskOf = (words, all) => words.reduce((mask, word) => mask | (1 << all.indexOf(word)), 0);
