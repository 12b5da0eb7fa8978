"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.buildPolicyEngine = buildPolicyEngine;
const casbin_1 = require("casbin");
const case_system_1 = require("../vocabulary/case-system");
const model_text_1 = require("./model-text");
const policy_row_1 = require("./policy-row");
const row_holds_1 = require("./row-holds");
/** Above so many rows, one section's enforcer is split by workgroup: casbin walks through every row it holds (C21). */
const SPLIT_ABOVE = 64;
/**
 * Builds the enforcers of one system, one for each section and action (large ones split by workgroup), so that a cold
 * question meets few rows (C21).
 *
 * Takes   rows that the lint has passed; they go into the model by themselves, without an adapter (C03, C04, C08, C09).
 * Gives   an engine that never changes: another policy is another engine (C22, POL-01 … POL-03).
 * Fails   rejects where casbin does not take a row.
 */
async function buildPolicyEngine(system, rows, breathe, splitAbove = SPLIT_ABOVE) {
    const worded = rows.map((row) => ({ ...row, words: (0, policy_row_1.wordsOf)(row).slice(0, 6) }));
    const built = new Map();
    for (const action of case_system_1.ACTIONS) {
        const acting = worded.filter((row) => row.action === '*' || row.action === action);
        if (acting.length === 0)
            continue;
        const sections = [];
        for (const section of system.sections) {
            const own = acting.filter((row) => row.section === '*' || row.section === section);
            sections.push(await buildSection(system, section, action, own, breathe, splitAbove));
        }
        built.set(action, sections);
    }
    return new Engine(system, rows, built);
}
async function buildSection(system, section, action, rows, breathe, splitAbove) {
    const build = async (some) => {
        await breathe();
        return buildCell(system, section, action, some);
    };
    if (rows.length <= splitAbove)
        return { own: new Map(), others: await build(rows) };
    const general = rows.filter((row) => row.workgroup === '*');
    const byWorkgroup = new Map();
    // In the order of the file, general rows included: the first line that allows stays the first.
    for (const row of rows)
        if (row.workgroup !== '*')
            byWorkgroup.set(row.workgroup, []);
    for (const row of rows) {
        if (row.workgroup !== '*')
            byWorkgroup.get(row.workgroup)?.push(row);
        else
            for (const list of byWorkgroup.values())
                list.push(row);
    }
    const own = new Map();
    for (const [workgroup, list] of byWorkgroup)
        own.set(workgroup, await build(list));
    return { own, others: await build(general) };
}
async function buildCell(system, section, action, rows) {
    const model = (0, casbin_1.newModelFromString)(model_text_1.MODEL_TEXT);
    for (const row of rows) {
        if (!model.addPolicy('p', 'p', (0, policy_row_1.wordsOf)(row)))
            throw new Error(`casbin does not take line ${row.line}`);
    }
    const enforcer = await (0, casbin_1.newEnforcer)(model);
    await enforcer.addFunction('holds', (0, row_holds_1.makeHolds)(system));
    return { section, action, rows, enforcer };
}
const NOTHING = [];
class Engine {
    system;
    cells;
    holds;
    /** Workgroups that some row could allow something, by action; asked on every request. */
    ever;
    all;
    scopeMask;
    privilegeMask;
    constructor(system, rows, cells) {
        this.system = system;
        this.cells = cells;
        this.holds = (0, row_holds_1.makeHolds)(system);
        const allowing = rows.filter((row) => row.effect === 'allow');
        this.ever = new Map(case_system_1.ACTIONS.map((action) => {
            const own = allowing.filter((row) => row.action === '*' || row.action === action);
            return [action, new Set(own.map((row) => row.workgroup.slice('group:'.length)))];
        }));
        this.all = {
            workgroup: '',
            relations: 2 ** system.relations.length - 1,
            isPrivate: false,
            conditions: 2 ** system.conditions.length - 1,
        };
        this.scopeMask = maskWhere(system, 'fact-in-scope');
        this.privilegeMask = maskWhere(system, 'privilege');
    }
    mayEver(workgroup, action) {
        return this.ever.get(action)?.has(workgroup) === true;
    }
    ask(key, action) {
        this.check(key);
        const cells = this.cells.get(action) ?? NOTHING;
        const allowed = [];
        const denied = [];
        const lines = [];
        const why = [];
        for (const number of this.system.sections.keys()) {
            const cell = cells[number]?.own.get(`group:${key.workgroup}`) ?? cells[number]?.others;
            const isAllowed = cell !== undefined && this.enforce(cell, key);
            const allowLine = cell === undefined ? 0 : this.firstLine(cell, key, 'allow');
            const isDenied = cell !== undefined && this.firstLine(cell, key, 'deny') !== 0;
            // Two readers of the same rows that differ: one of them is broken, and nobody knows which.
            if (isAllowed !== (allowLine !== 0 && !isDenied))
                throw new Error(`casbin and the rows differ on section ${number}`);
            allowed.push(isAllowed);
            denied.push(isDenied);
            lines.push(isAllowed ? allowLine : 0);
            why.push(isAllowed || cell === undefined ? (isAllowed ? null : 'not-granted') : isDenied ? 'denied-by-rule' : this.explain(cell, key));
        }
        return Object.freeze({
            allowed: Object.freeze(allowed),
            denied: Object.freeze(denied),
            lines: Object.freeze(lines),
            why: Object.freeze(why),
        });
    }
    /** C14: a list of one word equals the word, and 1 equals '1', to casbin; so nothing of another type comes near it. */
    check(key) {
        const { workgroup, relations, isPrivate, conditions } = key;
        if (typeof workgroup !== 'string' || workgroup === '' || typeof isPrivate !== 'boolean')
            throw new Error('the key is malformed');
        for (const [mask, most] of [
            [relations, this.all.relations],
            [conditions, this.all.conditions],
        ]) {
            if (typeof mask !== 'number' || !Number.isInteger(mask) || mask < 0 || mask > most)
                throw new Error('the key speaks of words that the system does not have');
        }
    }
    enforce(cell, key) {
        return cell.enforcer.enforceSync(...this.request(cell, key)) === true;
    }
    request(cell, key) {
        return [`group:${key.workgroup}`, key.relations, key.isPrivate ? 'private' : 'open', key.conditions, cell.section, cell.action];
    }
    /** Our own explainer (C19): the first line of this effect that hits, or 0. */
    firstLine(cell, key, effect) {
        const request = this.request(cell, key);
        return cell.rows.find((row) => row.effect === effect && this.holds(...request, ...row.words))?.line ?? 0;
    }
    /** The least change that would show the section; the words stand in entries, and in answers only where they may be told. */
    explain(cell, key) {
        const would = (change) => {
            const other = { ...key, ...change };
            return this.firstLine(cell, other, 'deny') === 0 && this.firstLine(cell, other, 'allow') !== 0;
        };
        if (would({ conditions: key.conditions | this.privilegeMask }))
            return 'no-private-privilege';
        if (key.isPrivate && would({ isPrivate: false }))
            return 'private-record';
        if (would({ conditions: key.conditions | this.scopeMask }))
            return 'out-of-scope';
        return 'not-granted';
    }
}
/** The conditions all of whose clauses are of this kind. */
function maskWhere(system, test) {
    let mask = 0;
    for (const [bit, condition] of system.conditions.entries())
        if (condition.clauses.every((clause) => clause.test === test))
            mask |= 1 << bit;
    return mask;
}
