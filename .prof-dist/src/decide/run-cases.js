"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.caseFindings = void 0;
exports.runCases = runCases;
const case_system_1 = require("../vocabulary/case-system");
const finding_1 = require("./finding");
const policy_in_force_1 = require("./policy-in-force");
/**
 * Asks the engine every example of cases.csv, through the very path that requests take.
 * The view is that over all sections which the routes of the case's action can show.
 */
async function runCases(parts, cases, breathe) {
    const routes = case_system_1.ACTIONS.map((action, index) => routeFor(parts.system, action, index));
    const policy = (0, policy_in_force_1.createPolicyInForce)({ ...parts, system: { ...parts.system, routes } }, 'cases', () => undefined);
    const grant = { system: parts.system.name, actions: ['*'], sections: ['*'] };
    const results = [];
    for (const one of cases) {
        const key = { environment: 'production', application: 'cases', ...wordsOfKey(one) };
        const decision = policy.decide({ route: routes[case_system_1.ACTIONS.indexOf(one.action)], keys: [key], grant, actorKeys: null });
        results.push(judge(parts.system, one, decision));
        await breathe();
    }
    return results;
}
/** A finding for every case that does not hold. */
const caseFindings = (results, file) => results
    .filter((result) => !result.isPassed)
    .map(({ case: one, got }) => (0, finding_1.finding)('case-fails', { file, line: one.line, column: 1, word: one.name }, `expected ${say(one.view, one.sections, one.reasons)}; the policy gives ${say(got.view, got.sections, got.reasons)}`));
exports.caseFindings = caseFindings;
const say = (view, sections, reasons) => `${view} (${sections.join(' & ') || 'none'}) because ${reasons.join(' & ')}`;
const wordsOfKey = ({ workgroup, relations, isPrivate, conditions }) => ({
    workgroup,
    relations,
    isPrivate,
    conditions,
});
/** A route for a case: all sections that the action's routes show, or all where there is none yet. */
function routeFor(system, action, index) {
    const routes = system.routes.filter((route) => route.action === action);
    const shown = new Set(routes.flatMap((route) => route.sections));
    const sections = [...system.sections.keys()].filter((section) => routes.length === 0 || shown.has(section));
    return { ...system.routes[0], index, action, sections };
}
function judge(system, one, decision) {
    const got = {
        view: decision.disclosure,
        sections: system.sections.filter((_, i) => decision.granted[i]),
        reasons: decision.reasons,
    };
    const isPassed = got.view === one.view && isSame(got.sections, one.sections) && isSame(got.reasons, one.reasons);
    return { case: one, isPassed, got };
}
const isSame = (a, b) => a.length === b.length && a.every((word) => b.includes(word));
