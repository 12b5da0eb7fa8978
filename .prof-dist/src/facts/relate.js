"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.relate = relate;
/**
 * Reduces one membership and one record's facts to the closed vocabulary that policies speak.
 * A clause over a missing value is false; a relation without clauses never holds.
 * Source: design.md, The decision key; WF1-02 … WF1-04.
 */
function relate(about) {
    return {
        environment: about.membership.environment,
        application: about.applicationClass,
        workgroup: about.membership.workgroup,
        relations: mask(about, about.system.relations),
        isPrivate: about.facts.isPrivate,
        conditions: mask(about, about.system.conditions),
    };
}
function mask(about, tests) {
    let bits = 0;
    for (const [bit, test] of tests.entries()) {
        if (test.clauses.length > 0 && test.clauses.every((clause) => holds(about, clause)))
            bits |= 1 << bit;
    }
    return bits;
}
function holds({ membership, facts, supervision, atMs }, clause) {
    switch (clause.test) {
        case 'workgroup':
            return clause.workgroups.includes(membership.workgroup);
        case 'privilege':
            return membership.privileges.includes(clause.privilege);
        case 'fact-is-caller':
            return membership.staffId !== '' && codesOf(facts, clause.fact).includes(membership.staffId);
        case 'fact-is-supervised':
            return codesOf(facts, clause.fact).some((staffId) => supervision.supervises(membership.account, staffId, membership.system, membership.environment, atMs));
        case 'fact-in-scope': {
            const scope = membership.scopes[clause.scope];
            return codesOf(facts, clause.fact).some((code) => scope.includes('*') || scope.includes(code));
        }
        case 'fact-has':
            return codesOf(facts, clause.fact).some((code) => clause.words.includes(code));
    }
}
function codesOf(facts, fact) {
    return facts.codes[fact] ?? [];
}
