"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readRecordFile = readRecordFile;
const node_crypto_1 = require("node:crypto");
const read_text_1 = require("../reading/read-text");
const read_yaml_1 = require("../reading/read-yaml");
const case_system_1 = require("../vocabulary/case-system");
const finding_1 = require("./finding");
const nearest_word_1 = require("./nearest-word");
const record_schema_1 = require("./record-schema");
/** Words that mean something of their own in policy.csv and cases.csv. */
const RESERVED = ['none', 'always', 'any', 'all', 'but', 'end', 'open', 'private'];
/**
 * record.yaml of one system folder, compiled.
 *
 * Takes   the bytes, the name shown in findings, and the name of the folder, which `system` must repeat.
 * Gives   the system with words turned into numbers, deeply frozen; or every finding, each with line and column.
 * Fails   never.
 * Source  design.md, The tree; C06: the last line is `...`, so that a file cut off on the way is noticed.
 */
function readRecordFile(bytes, file, folder) {
    const { text, problems } = (0, read_text_1.readText)(bytes, file);
    if (problems.length > 0)
        return unread(problems.map((problem) => (0, finding_1.finding)('unreadable', problem, problem.message)));
    if (!/(?:^|\n)\.\.\.\s*$/.test(text)) {
        const line = text.split('\n').length;
        return unread([(0, finding_1.finding)('C06', { file, line, column: 1, word: '' }, 'the closing line ... is missing: the file may be cut off')]);
    }
    const yaml = (0, read_yaml_1.readYaml)(text, file);
    if (yaml.problems.length > 0)
        return unread(yaml.problems.map((problem) => (0, finding_1.finding)('unreadable', problem, problem.message)));
    const parsed = record_schema_1.recordSchema.safeParse(yaml.value);
    if (!parsed.success) {
        // A misspelt key is also a missing one: the misspelling is what helps.
        const issues = [...parsed.error.issues].sort((a, b) => Number(b.code === 'unrecognized_keys') - Number(a.code === 'unrecognized_keys'));
        return unread(issues.flatMap((issue) => formFindings(issue, yaml, file)));
    }
    const version = (0, node_crypto_1.createHash)('sha256').update(bytes).digest('hex');
    return new RecordCompiler(parsed.data, yaml, file, folder, version).compile();
}
const unread = (findings) => ({ system: null, workgroups: [], findings });
const FORM_KEYS = [
    ...Object.keys(record_schema_1.recordSchema.shape),
    ...['body', 'registry', 'at', 'speaks', 'private', 'open', 'workgroup', 'privilege', 'fact', 'is', 'in', 'has'],
    ...['method', 'path', 'action', 'factsFrom', 'id', 'mediaTypes', 'maxBodyBytes'],
];
function formFindings(issue, yaml, file) {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (issue.code === 'unrecognized_keys') {
        return (issue.keys ?? []).map((key) => (0, finding_1.finding)('form', { file, ...yaml.locate([...path, key], 'key'), word: key }, `${key} is not a key of this form`, (0, nearest_word_1.nearestWord)(key, FORM_KEYS)));
    }
    const found = valueAt(yaml.value, path);
    const word = typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found) : '';
    const name = path.length === 0 ? 'the file' : path.join(' > ');
    const isKey = issue.code === 'invalid_key';
    const place = { file, ...yaml.locate(path, isKey ? 'key' : 'value'), word: isKey ? String(path.at(-1) ?? '') : word };
    return [(0, finding_1.finding)('form', place, `${name}: ${found === undefined ? 'this is missing' : issue.message}`)];
}
function valueAt(value, path) {
    let at = value;
    for (const step of path) {
        if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step))
            return undefined;
        at = at[step];
    }
    return at;
}
/** Turns a well-formed record.yaml into numbers and says what does not fit together. */
class RecordCompiler {
    form;
    yaml;
    file;
    folder;
    version;
    findings = [];
    workgroups = [];
    sections;
    facts;
    constructor(form, yaml, file, folder, version) {
        this.form = form;
        this.yaml = yaml;
        this.file = file;
        this.folder = folder;
        this.version = version;
        this.sections = Object.keys(form.sections);
        this.facts = Object.keys(form.facts);
    }
    compile() {
        const { form } = this;
        if (form.system !== this.folder)
            this.note('form', ['system'], form.system, `the folder is named ${this.folder}, and so must be the system`, this.folder);
        if (!isTimeZone(form.timeZone))
            this.note('form', ['timeZone'], form.timeZone, 'this is no IANA time zone');
        for (const kind of ['relations', 'conditions'])
            this.checkWords(kind);
        if (this.sections.length === 0 || this.sections.length > 200)
            this.note('form', ['sections'], '', 'there are from 1 to 200 sections');
        const identifier = this.identifier();
        const facts = this.facts.map((name) => this.fact(name));
        const relations = Object.entries(form.relations).map(([word, clauses]) => this.test('relations', word, clauses));
        const conditions = Object.entries(form.conditions).map(([word, clauses]) => this.test('conditions', word, clauses));
        const fields = this.fields();
        const routes = Object.keys(form.routes).map((name, index) => this.route(name, index));
        this.checkRoutes(routes, facts, [...relations, ...conditions]);
        const compiled = {
            name: form.system,
            title: form.title,
            timeZone: form.timeZone,
            identifier,
            mostMemberships: form.mostMemberships,
            sections: this.sections,
            basicSection: this.section(form.basicSection, ['basicSection']),
            privacySection: form.privacySection === undefined ? -1 : this.section(form.privacySection, ['privacySection']),
            tellingSections: (form.tellingSections ?? []).map((name, i) => this.section(name, ['tellingSections', i])),
            relations,
            conditions,
            facts,
            fields,
            routes,
            version: this.version,
        };
        return { system: this.findings.length === 0 ? freeze(compiled) : null, workgroups: this.workgroups, findings: this.findings };
    }
    note(rule, path, word, message, nearest, what = 'value') {
        this.findings.push((0, finding_1.finding)(rule, { file: this.file, ...this.yaml.locate(path, what), word }, message, nearest));
    }
    checkWords(kind) {
        const words = Object.keys(this.form[kind]);
        if (words.length > 30)
            this.note('form', [kind], '', `at most 30 ${kind} fit in a key`);
        for (const word of words)
            if (RESERVED.includes(word))
                this.note('form', [kind, word], word, `${word} has a meaning of its own in policy.csv`, undefined, 'key');
    }
    section(name, path, what = 'value') {
        const number = this.sections.indexOf(name);
        if (number < 0)
            this.note('unknown-word', path, name, `${name} is not among the sections`, (0, nearest_word_1.nearestWord)(name, this.sections), what);
        return number;
    }
    factNumber(name, path) {
        const number = this.facts.indexOf(name);
        if (number < 0)
            this.note('unknown-word', path, name, `${name} is not among the facts`, (0, nearest_word_1.nearestWord)(name, this.facts));
        return number;
    }
    identifier() {
        const pattern = this.form.identifier;
        // POL-15: classes and counts alone, and few open counts, so that no id can make the pattern run long.
        const isPlain = /^(?:(?:\[[^\][\\^]+\]|\\d|[A-Za-z0-9_-])(?:\{\d{1,3}(?:,\d{0,3})?\}|[?+*])?)+$/.test(pattern);
        const openCounts = pattern.match(/[+*?]|\{\d+,\d*\}/g)?.length ?? 0;
        try {
            if (!isPlain || openCounts > 3)
                throw new Error('not plain');
            return new RegExp(`^(?:${pattern})$`);
        }
        catch {
            this.note('POL-15', ['identifier'], pattern, 'the pattern of an id is made of characters, [classes] and counts, at most three counts open');
            return /^(?!)$/;
        }
    }
    place(pointer, path, what = 'value') {
        const place = pointer
            .slice(1)
            .split('/')
            .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
        if (place.length > 32)
            this.note('form', path, pointer, 'a place has at most 32 steps', undefined, what);
        if (place[0] === case_system_1.EACH)
            this.note('form', path, pointer, 'a record is an object, not a list', undefined, what);
        for (const step of place) {
            if (/^\d+$/.test(step))
                this.note('form', path, step, 'elements are not numbered: write * for every element', undefined, what);
            if (step === '__proto__')
                this.note('form', path, step, 'this word cannot be a key', undefined, what);
        }
        return place;
    }
    fact(name) {
        const form = this.form.facts[name] ?? {};
        const isFlag = name === 'privacy';
        if (!form.body && !form.registry)
            this.note('form', ['facts', name], name, 'a fact needs a source: body, registry or both', undefined, 'key');
        if (form.body && isFlag && (!form.body.private || !form.body.open)) {
            this.note('form', ['facts', name, 'body'], name, 'privacy in the body needs the values that mean private and those that mean open', undefined, 'key');
        }
        if (form.body && !isFlag && (form.body.private ?? form.body.open)) {
            this.note('form', ['facts', name, 'body'], name, 'only the fact privacy has private and open values', undefined, 'key');
        }
        const privateWords = (form.body?.private ?? []).map(String);
        const openWords = (form.body?.open ?? []).map(String);
        for (const word of openWords.filter((one) => privateWords.includes(one))) {
            this.note('form', ['facts', name, 'body', 'open'], word, 'this value means private as well');
        }
        return {
            name,
            kind: isFlag ? 'flag' : 'codes',
            place: form.body ? this.place(form.body.at, ['facts', name, 'body', 'at']) : null,
            privateWords,
            openWords,
            body: form.body ? `${form.body.speaks}-speak` : 'none',
            registry: form.registry ? `${form.registry.speaks}-speak` : 'none',
        };
    }
    test(kind, word, clauses) {
        return { word, clauses: clauses.map((clause, i) => this.clause(clause, [kind, word, i])) };
    }
    clause(form, path) {
        if ('workgroup' in form) {
            form.workgroup.forEach((word, i) => this.workgroups.push({ word, ...this.yaml.locate([...path, 'workgroup', i]) }));
            return { test: 'workgroup', workgroups: form.workgroup };
        }
        if ('privilege' in form)
            return { test: 'privilege', privilege: form.privilege };
        const fact = this.factNumber(form.fact, [...path, 'fact']);
        if (form.fact === 'privacy')
            this.note('form', [...path, 'fact'], form.fact, 'privacy is a word of its own in policy.csv, no relation or condition');
        if ('in' in form)
            return { test: 'fact-in-scope', fact, scope: form.in };
        if ('has' in form)
            return { test: 'fact-has', fact, words: form.has };
        return { test: form.is === 'caller' ? 'fact-is-caller' : 'fact-is-supervised', fact };
    }
    fields() {
        const rules = [];
        const root = { below: new Map(), leaf: null };
        for (const [name, places] of Object.entries(this.form.fields)) {
            const section = this.section(name, ['fields', name], 'key');
            for (const [pointer, kind] of Object.entries(places)) {
                const path = ['fields', name, pointer];
                const place = this.place(pointer, path, 'key');
                const clash = plant(root, place, pointer);
                if (clash !== null)
                    this.note('overlap', path, pointer, clash, undefined, 'key');
                rules.push({ place, section, kind });
            }
        }
        return rules;
    }
    route(name, index) {
        const form = this.form.routes[name];
        const segments = form.path
            .slice(1)
            .split('/')
            .map((segment) => (segment === '{record}' ? null : segment));
        if (segments.filter((segment) => segment === null).length !== 1) {
            this.note('route', ['routes', name, 'path'], form.path, 'a path holds {record} exactly once');
        }
        const idPlace = this.place(form.id, ['routes', name, 'id']);
        if (idPlace.includes(case_system_1.EACH))
            this.note('route', ['routes', name, 'id'], form.id, 'a record has one id: no * here');
        const sections = form.sections === 'all'
            ? this.sections.map((_, i) => i)
            : form.sections.map((one, i) => this.section(one, ['routes', name, 'sections', i]));
        if (new Set(sections).size !== sections.length)
            this.note('duplicate', ['routes', name, 'sections'], name, 'a section stands twice');
        return {
            index,
            name,
            method: form.method,
            segments,
            action: form.action,
            answer: 'record',
            sections,
            factsFrom: form.factsFrom,
            idPlace,
            mediaTypes: form.mediaTypes,
            maxBodyBytes: form.maxBodyBytes,
        };
    }
    checkRoutes(routes, facts, tests) {
        if (routes.length === 0)
            this.note('route', ['routes'], '', 'a system needs a route');
        if (!facts.some((fact) => fact.kind === 'flag'))
            this.note('form', ['facts'], 'privacy', 'the fact privacy is missing', undefined, 'key');
        routes.forEach((route, i) => {
            const twin = routes.slice(0, i).find((other) => mayMeet(route, other));
            if (twin)
                this.note('route', ['routes', route.name, 'path'], route.name, `an address could mean this route and ${twin.name}`);
        });
        const used = new Set(tests.flatMap((test) => test.clauses).flatMap((clause) => ('fact' in clause ? [clause.fact] : [])));
        for (const route of routes.filter((one) => one.factsFrom === 'registry')) {
            const missing = facts.find((fact, i) => fact.registry === 'none' && (fact.kind === 'flag' || used.has(i)));
            if (missing)
                this.note('route', ['routes', route.name, 'factsFrom'], 'registry', `the fact ${missing.name} does not stand in the registry`);
        }
    }
}
/** Adds a leaf; gives what it clashes with, or null. */
function plant(root, place, pointer) {
    let branch = root;
    for (const step of place) {
        if (branch.leaf !== null)
            return `${branch.leaf} is a field itself: only leaves are classified`;
        let next = branch.below.get(step);
        if (next === undefined) {
            const isMixed = branch.below.size > 0 && (step === case_system_1.EACH) !== branch.below.has(case_system_1.EACH);
            if (isMixed)
                return 'the same place is a list in one line and an object in another';
            next = { below: new Map(), leaf: null };
            branch.below.set(step, next);
        }
        branch = next;
    }
    if (branch.leaf !== null)
        return `${pointer} is classified twice`;
    if (branch.below.size > 0)
        return `other fields stand below ${pointer}: only leaves are classified`;
    branch.leaf = pointer;
    return null;
}
const mayMeet = (a, b) => a.method === b.method &&
    a.segments.length === b.segments.length &&
    a.segments.every((segment, i) => segment === null || b.segments[i] === null || segment === b.segments[i]);
function isTimeZone(name) {
    try {
        new Intl.DateTimeFormat('en', { timeZone: name });
        return true;
    }
    catch {
        return false;
    }
}
function freeze(value) {
    if (typeof value !== 'object' || value === null || Object.isFrozen(value))
        return value;
    if (!(value instanceof RegExp))
        for (const inner of Object.values(value))
            freeze(inner);
    return Object.freeze(value);
}
