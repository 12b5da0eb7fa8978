"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.findWidening = findWidening;
const case_system_1 = require("../vocabulary/case-system");
const finding_1 = require("./finding");
const policy_row_1 = require("./policy-row");
const row_holds_1 = require("./row-holds");
/**
 * Finds rows through which a private record would show what the same caller would not see of an open one.
 *
 * Rows only ask that words hold, so whoever widens, widens already with the fewest words; `none` alone asks for
 * absence and is tried beside every single relation. That makes the search complete over the closed vocabulary
 * without walking through all sets of words. Two ways lead to a widening:
 * an allow row for private records where no row allows the open one; and a deny row for open records alone
 * (its denial also takes away what another membership would have shown).
 *
 * Source  WF1-13; design.md, What always holds, 5.
 */
async function findWidening(system, rows, file, breathe) {
    const findings = new Map();
    const note = (row, message) => {
        if (!findings.has(row.line))
            findings.set(row.line, (0, finding_1.finding)('privacy-widens', { file, line: row.line, column: 1, word: (0, policy_row_1.wordsOf)(row).join(', ') }, message));
    };
    const holds = (0, row_holds_1.makeHolds)(system);
    const words = new Map(rows.map((row) => [row, (0, policy_row_1.wordsOf)(row).slice(0, 6)]));
    const workgroups = [...new Set(rows.map((row) => row.workgroup).filter((word) => word !== '*'))];
    // A deny row for any workgroup is tried for one that has no other row as well.
    const tried = [...workgroups, 'group:any-other'];
    for (const section of system.sections) {
        for (const action of case_system_1.ACTIONS) {
            const here = rows.filter((row) => (row.section === '*' || row.section === section) && (row.action === '*' || row.action === action));
            if (here.length === 0)
                continue;
            const hits = (row, workgroup, set, privacy) => holds(workgroup, set.relations, privacy, set.conditions, section, action, ...(words.get(row) ?? []));
            const byWorkgroup = new Map();
            for (const row of here)
                byWorkgroup.set(row.workgroup, [...(byWorkgroup.get(row.workgroup) ?? []), row]);
            const isShownPrivate = here.some((row) => row.effect === 'allow' && row.privacy !== 'open');
            for (const workgroup of tried) {
                const own = [...(byWorkgroup.get('*') ?? []), ...(byWorkgroup.get(workgroup) ?? [])];
                const denies = own.filter((row) => row.effect === 'deny' && row.privacy !== 'open');
                const allows = own.filter((row) => row.effect === 'allow' && row.privacy !== 'private');
                const free = (set) => !denies.some((row) => hits(row, workgroup, set, 'private'));
                for (const row of own) {
                    await breathe();
                    if (row.effect === 'allow' && row.privacy === 'private') {
                        const opened = settings(system, row).some((set) => free(set) && !allows.some((other) => hits(other, workgroup, set, 'open')));
                        if (opened)
                            note(row, `a private record would show ${section} to somebody who does not see it in an open one`);
                    }
                    if (row.effect === 'deny' && row.privacy === 'open' && isShownPrivate && settings(system, row).some(free)) {
                        note(row, `${section} would be denied in an open record and not in a private one: deny both, or write *`);
                    }
                }
            }
        }
    }
    return [...findings.values()].sort((a, b) => a.line - b.line);
}
function settings(system, row) {
    let conditions = 0;
    for (const word of row.when)
        conditions |= 1 << system.conditions.findIndex((test) => test.word === word);
    const each = system.relations.map((_, i) => 1 << i);
    const own = 1 << system.relations.findIndex((test) => test.word === row.relation);
    const relations = row.relation === '*' ? [0, ...each] : row.relation === 'none' ? [0] : [own];
    return relations.map((one) => ({ relations: one, conditions }));
}
