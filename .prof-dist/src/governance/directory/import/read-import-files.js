"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readImportFiles = readImportFiles;
const read_csv_1 = require("../../../reading/read-csv");
const read_text_1 = require("../../../reading/read-text");
const read_yaml_1 = require("../../../reading/read-yaml");
const import_kinds_1 = require("./import-kinds");
/** Most rows of one import, all files together: it is one transaction. */
const MOST_ROWS = 200_000;
/**
 * Reads CSV files (one kind each) and YAML documents (all kinds) into checked rows.
 *
 * Takes   UTF-8, with or without a byte order mark, any line ends. Plain dates begin in `timeZone`.
 * Gives   every row and every problem at once. With problems nothing may be written.
 * Fails   never.
 */
async function readImportFiles(files, timeZone) {
    const rows = [];
    const problems = [];
    const schemas = (0, import_kinds_1.importSchemas)(timeZone);
    const take = (kind, file, line, raw, placeOf) => {
        const read = schemas[kind].safeParse(raw);
        rows.push({ file, line, kind, row: read.success ? read.data : undefined });
        if (!read.success)
            problems.push(...read.error.issues.flatMap((issue) => explain(issue, file, placeOf)));
    };
    if (files.length === 0)
        problems.push({ file: '', line: 0, column: '', reason: 'no file was given' });
    for (const file of files) {
        const { text, problems: unreadable } = (0, read_text_1.readText)(typeof file.content === 'string' ? Buffer.from(file.content) : file.content, file.name);
        if (unreadable.length > 0)
            problems.push(...unreadable.map((one) => ({ file: one.file, line: one.line, column: '', reason: one.message })));
        else if (/\.ya?ml$/i.test(file.name))
            problems.push(...(await takeYaml(file.name, text, take)));
        else
            problems.push(...(await takeCsv(file, text, take)));
    }
    if (rows.length > MOST_ROWS)
        problems.push({ file: '', line: 0, column: '', reason: `more than ${MOST_ROWS} rows; import in parts` });
    return { rows, problems };
}
/** Requests are served meanwhile: every so many rows they get their turn. */
async function breathe(row) {
    if (row % 200 === 199)
        await new Promise((resolve) => setImmediate(resolve));
}
async function takeCsv(file, text, take) {
    const kind = file.kind ?? kindOfName(file.name);
    const whole = (line, reason) => ({ file: file.name, line, column: '', reason });
    if (kind === undefined)
        return [whole(1, `the file's name says none of ${import_kinds_1.IMPORT_KINDS.join(', ')}; name its kind`)];
    const { rows, problems: unreadable } = (0, read_csv_1.readCsv)(text, file.name);
    const problems = unreadable.map((one) => whole(one.line, one.message));
    const [head, ...lines] = rows;
    if (head === undefined)
        return [...problems, whole(1, 'the file has no heading')];
    const headings = head.cells.map((cell) => cell.text);
    const badHeading = checkHeadings(kind, headings);
    if (badHeading.length > 0)
        return [...problems, ...badHeading.map((bad) => ({ file: file.name, line: head.line, ...bad }))];
    for (const [i, line] of lines.entries()) {
        await breathe(i);
        if (line.cells.length > headings.length)
            problems.push(whole(line.line, `has ${line.cells.length} cells, the heading ${headings.length}`));
        else if (line.cells.length < headings.length)
            problems.push(whole(line.line, 'has fewer cells than the heading'));
        else {
            const raw = rawRow(kind, headings, line);
            take(kind, file.name, line.line, raw, (path) => ({
                line: line.line,
                column: path[0] === 'codes' && path[1] !== undefined ? `${import_kinds_1.FACT_COLUMN}${String(path[1])}` : String(path[0] ?? ''),
            }));
        }
    }
    return problems;
}
function kindOfName(name) {
    const base = name.split(/[/\\]/).at(-1) ?? '';
    return import_kinds_1.IMPORT_KINDS.find((kind) => base === `${kind}.csv`);
}
function checkHeadings(kind, headings) {
    const { columns } = import_kinds_1.CSV_COLUMNS[kind];
    const isKnown = (heading) => columns.includes(heading) || (kind === 'records' && heading.startsWith(import_kinds_1.FACT_COLUMN));
    return [
        ...headings.filter((one) => !isKnown(one)).map((one) => ({ column: one, reason: `is no column of ${kind}: ${columns.join(', ')}` })),
        ...headings.filter((one, i) => headings.indexOf(one) !== i).map((one) => ({ column: one, reason: 'stands twice in the heading' })),
    ];
}
/** A blank cell says nothing, like a key that YAML leaves out. */
function rawRow(kind, headings, line) {
    const raw = {};
    const codes = [];
    for (const [i, heading] of headings.entries()) {
        const text = line.cells[i]?.text ?? '';
        const values = () => text
            .split(';')
            .map((one) => one.trim())
            .filter((one) => one !== '');
        if (heading.startsWith(import_kinds_1.FACT_COLUMN))
            codes.push([heading.slice(import_kinds_1.FACT_COLUMN.length), values()]);
        else if (text !== '')
            raw[heading] = import_kinds_1.CSV_COLUMNS[kind].lists.includes(heading) ? values() : text;
    }
    if (codes.length > 0)
        raw['codes'] = Object.fromEntries(codes);
    return raw;
}
async function takeYaml(file, text, take) {
    const yaml = (0, read_yaml_1.readYaml)(text, file);
    if (yaml.problems.length > 0)
        return yaml.problems.map((one) => ({ file, line: one.line, column: one.word, reason: one.message }));
    if (typeof yaml.value !== 'object' || yaml.value === null || Array.isArray(yaml.value)) {
        return [{ file, line: 1, column: '', reason: `expected some of ${import_kinds_1.IMPORT_KINDS.join(', ')}, each with a list of rows` }];
    }
    const problems = [];
    for (const [key, list] of Object.entries(yaml.value)) {
        const kind = import_kinds_1.IMPORT_KINDS.find((one) => one === key);
        const { line } = yaml.locate([key], 'key');
        if (kind === undefined)
            problems.push({ file, line, column: key, reason: `is none of ${import_kinds_1.IMPORT_KINDS.join(', ')}` });
        else if (!Array.isArray(list))
            problems.push({ file, line, column: key, reason: 'expected a list of rows' });
        else {
            for (const [i, raw] of list.entries()) {
                await breathe(i);
                take(kind, file, yaml.locate([key, i]).line, raw, (path) => {
                    const place = path.map((step) => (typeof step === 'symbol' ? '' : step));
                    return { line: yaml.locate([key, i, ...place]).line, column: place.join('.') };
                });
            }
        }
    }
    return problems;
}
function explain(issue, file, placeOf) {
    if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((key) => ({ file, ...placeOf([...issue.path, key]), reason: 'is not known here' }));
    }
    return [{ file, ...placeOf(issue.path), reason: issue.message }];
}
