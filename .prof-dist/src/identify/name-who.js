"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.nameCaller = nameCaller;
exports.nameRefused = nameRefused;
const recognise_1 = require("./recognise");
/** Who a caller is, as the access log names them. */
function nameCaller(caller) {
    return {
        account: caller.account.id,
        person: caller.account.person,
        organization: caller.account.organization,
        issuer: caller.account.issuer,
        application: caller.application.id,
        actor: caller.actor?.account.id ?? null,
        memberships: caller.memberships.map(({ id }) => id),
    };
}
/** Who stands behind a token that `recognise` refused, as far as the directory knows them, for the entry alone; null for nobody. Grants nothing. */
function nameRefused(token, environment, directory) {
    const account = (0, recognise_1.findAccount)(token, environment, directory);
    if (account === undefined)
        return null;
    const actor = token.actor === undefined ? undefined : (0, recognise_1.findAccount)(token.actor, environment, directory);
    return {
        account: account.id,
        person: account.person,
        organization: account.organization,
        issuer: account.issuer,
        application: (0, recognise_1.findApplication)(token, environment, directory)?.id ?? null,
        actor: actor?.id ?? null,
        memberships: [],
    };
}
