"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.at = void 0;
exports.readPolicyFile = readPolicyFile;
exports.beforeEnd = beforeEnd;
exports.checkWorkgroup = checkWorkgroup;
exports.checkWord = checkWord;
exports.readWhen = readWhen;
const read_csv_1 = require("../reading/read-csv");
const read_text_1 = require("../reading/read-text");
const case_system_1 = require("../vocabulary/case-system");
const finding_1 = require("./finding");
const nearest_word_1 = require("./nearest-word");
const policy_row_1 = require("./policy-row");
const record_schema_1 = require("./record-schema");
/** C21: rules are per workgroup, never per person or record; ten times what the largest policy needs. */
const MOST_ROWS = 5_000;
const COLUMNS = ['workgroup', 'relation', 'privacy', 'when', 'section', 'action', 'effect'];
/**
 * policy.csv of one system: rows `p, group:<workgroup>, <relation>, <privacy>, <when>, <section>, <action>, <effect>`, closed by a row `end`.
 *
 * Takes   the bytes, the name shown in findings, and the system whose words the rows may use.
 * Gives   the rows in order, or every finding with line, column, word and nearest valid word. Rows are only to be used without findings.
 * Fails   never.
 * Source  casbin-facts C01 … C07, C10, C15, C16, C21, C23; POL-04 … POL-14. A workgroup `*` stands in deny rows alone (POL-12).
 */
function readPolicyFile(bytes, file, system) {
    const { text, problems } = (0, read_text_1.readText)(bytes, file);
    const csv = (0, read_csv_1.readCsv)(text, file);
    const findings = [...problems, ...csv.problems].map((problem) => (0, finding_1.finding)('unreadable', problem, problem.message));
    if (problems.length > 0)
        return { rows: [], findings };
    const rows = [];
    const seen = new Map();
    for (const row of beforeEnd(csv.rows, text, file, findings)) {
        const read = readRow(row, file, system, findings);
        if (read === null)
            continue;
        const same = JSON.stringify((0, policy_row_1.wordsOf)(read));
        const twin = seen.get(same);
        if (twin !== undefined)
            findings.push((0, finding_1.finding)('duplicate', { file, ...firstPlace(row) }, `this row says what line ${twin} says`));
        seen.set(same, read.line);
        rows.push(read);
    }
    if (rows.length > MOST_ROWS)
        findings.push((0, finding_1.finding)('C21', { file, line: 1, column: 1, word: String(rows.length) }, `more than ${MOST_ROWS} rows: write rules per workgroup, not per person or record`));
    if (findings.length === 0 && !rows.some((row) => row.effect === 'allow')) {
        findings.push((0, finding_1.finding)('C07', { file, line: 1, column: 1, word: '' }, 'the policy has no row that allows anything'));
    }
    return { rows, findings };
}
/** Rows before the closing row `end`; without it, or with rows after it, a finding (C06). */
function beforeEnd(rows, text, file, findings) {
    const end = rows.findIndex((row) => row.cells[0].text === 'end');
    if (end < 0) {
        const lines = text.split(/\r\n|\n|\r/);
        findings.push((0, finding_1.finding)('C06', { file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, word: '' }, 'the closing row `end` is missing: the file may be cut off'));
        return rows;
    }
    const closing = rows[end];
    const extra = closing.cells.slice(1).find((cell) => cell.text !== '');
    if (extra)
        findings.push((0, finding_1.finding)('C06', (0, exports.at)(file, extra), 'the closing row is the one word end'));
    const after = rows[end + 1];
    if (after)
        findings.push((0, finding_1.finding)('C06', { file, ...firstPlace(after) }, 'nothing may stand after the closing row `end`'));
    return rows.slice(0, end);
}
const at = (file, cell) => ({
    file,
    line: cell.line,
    column: cell.column,
    word: cell.text,
});
exports.at = at;
const firstPlace = (row) => ({
    line: row.line,
    column: row.cells[0].column,
    word: row.cells[0].text,
});
function readRow(row, file, system, findings) {
    const before = findings.length;
    const [type, ...cells] = row.cells;
    if (type.text !== 'p') {
        if (/^g\d*$/.test(type.text))
            findings.push((0, finding_1.finding)('C15', (0, exports.at)(file, type), 'grouping rows are not part of this format: role chains stop silently (C15) and cycles grant (C16)'));
        else
            findings.push((0, finding_1.finding)('C04', (0, exports.at)(file, type), 'a row begins with p, or is the closing row end', type.text === 'P' ? 'p' : undefined));
        return null;
    }
    const inline = cells.find((cell) => cell.text.includes('#'));
    if (inline)
        findings.push((0, finding_1.finding)('C05', (0, exports.at)(file, inline), 'a comment stands on a line of its own, # first'));
    else if (cells.length !== COLUMNS.length) {
        findings.push((0, finding_1.finding)('C03', (0, exports.at)(file, row.cells.at(-1) ?? type), `a row has ${COLUMNS.length + 1} cells (p, ${COLUMNS.join(', ')}); this one has ${row.cells.length}`));
    }
    if (findings.length > before)
        return null;
    const [workgroup, relation, privacy, when, section, action, effect] = cells;
    for (const [i, cell] of cells.entries())
        if (cell.text === '')
            findings.push((0, finding_1.finding)('C01', (0, exports.at)(file, cell), `${COLUMNS[i] ?? ''} is blank; * is any`));
    if (findings.length > before)
        return null;
    if (effect.text !== 'allow' && effect.text !== 'deny')
        findings.push((0, finding_1.finding)('C02', (0, exports.at)(file, effect), 'the effect is exactly allow or deny', (0, nearest_word_1.nearestWord)(effect.text, ['allow', 'deny'])));
    if (workgroup.text === '*') {
        if (effect.text !== 'deny')
            findings.push((0, finding_1.finding)('POL-12', (0, exports.at)(file, workgroup), 'an allow row names its workgroup: * would open it to workgroups nobody thought of'));
    }
    else
        checkWorkgroup(workgroup, file, findings);
    checkWord(relation, relationWords(system), 'relation', file, findings);
    checkWord(privacy, ['open', 'private', '*'], 'privacy', file, findings);
    checkWord(section, [...system.sections, '*'], 'section', file, findings);
    checkWord(action, [...case_system_1.ACTIONS, '*'], 'action', file, findings);
    const words = readWhen(when, system, file, findings);
    if (findings.length > before || words === null)
        return null;
    return {
        line: row.line,
        workgroup: workgroup.text,
        relation: relation.text,
        privacy: privacy.text,
        when: words,
        section: section.text,
        action: action.text,
        effect: effect.text,
    };
}
const relationWords = (system) => [...system.relations.map((test) => test.word), 'none', '*'];
/** `group:` and a word: an account or an organization can never be a workgroup (C10). */
function checkWorkgroup(cell, file, findings) {
    const word = cell.text.startsWith('group:') ? cell.text.slice(6) : null;
    if (word === null || !record_schema_1.WORD.test(word)) {
        const bare = cell.text.replace(/^[a-z]*:/i, '').toLowerCase();
        findings.push((0, finding_1.finding)('C10', (0, exports.at)(file, cell), 'a workgroup is written group:<word>, in lower-case letters, digits and hyphens', record_schema_1.WORD.test(bare) ? `group:${bare}` : undefined));
    }
}
function checkWord(cell, valid, column, file, findings) {
    if (!valid.includes(cell.text))
        findings.push((0, finding_1.finding)('unknown-word', (0, exports.at)(file, cell), `${cell.text} is no ${column} of this system`, (0, nearest_word_1.nearestWord)(cell.text, valid)));
}
/** One condition, several joined by ` & `, or `always`; each at most once. null where something is wrong. */
function readWhen(cell, system, file, findings) {
    if (cell.text === 'always')
        return [];
    const valid = system.conditions.map((test) => test.word);
    const words = cell.text.split(' & ');
    for (const word of words) {
        if (word === '*')
            findings.push((0, finding_1.finding)('unknown-word', (0, exports.at)(file, cell), 'for rows that need no condition write always', 'always'));
        else if (!valid.includes(word))
            findings.push((0, finding_1.finding)('unknown-word', { ...(0, exports.at)(file, cell), word }, `${word} is no condition of this system`, (0, nearest_word_1.nearestWord)(word, [...valid, 'always'])));
    }
    if (new Set(words).size !== words.length)
        findings.push((0, finding_1.finding)('duplicate', (0, exports.at)(file, cell), 'a condition stands twice'));
    return words.every((word) => valid.includes(word)) && new Set(words).size === words.length ? words : null;
}
