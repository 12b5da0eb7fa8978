"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.MODEL_TEXT = void 0;
/**
 * The one Casbin model, as shipped in policies/model.conf (a test keeps them equal).
 *
 * There are no grouping rows (`g`), so a role can have no chain (C15) and no cycle (C16). The matcher compares
 * nothing by itself (C01, C11, C12, C13, C18, C24): `holds` does all of it and returns a strict boolean. The effect
 * needs an allow and bears no deny (C07).
 */
exports.MODEL_TEXT = `[request_definition]
r = workgroup, relations, privacy, conditions, section, action

[policy_definition]
p = workgroup, relation, privacy, when, section, action, eft

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = holds(r.workgroup, r.relations, r.privacy, r.conditions, r.section, r.action, p.workgroup, p.relation, p.privacy, p.when, p.section, p.action)
`;
