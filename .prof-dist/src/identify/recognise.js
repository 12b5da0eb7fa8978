"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.recognise = recognise;
exports.recogniseAccount = recogniseAccount;
exports.callerHoldsUntil = callerHoldsUntil;
exports.findAccount = findAccount;
exports.findApplication = findApplication;
const errors_1 = require("../vocabulary/errors");
const standing_1 = require("./standing");
/**
 * Finds who a verified token names, as the directory knows them now. Nothing that the token says of roles is looked at (TOK-18).
 *
 * Fails   account-unknown, account-not-active, application-not-registered, no-membership, action-not-permitted (an actor that sees nothing here),
 *         each with its reason.
 * Source  design.md, Who; TOK-15, TOK-16, TOK-18, TOK-25, TOK-27; WWP-03; CT-06.
 */
function recognise(token, wanted, directory) {
    const directoryVersion = directory.version;
    const { account, application } = recogniseAccount(token, wanted, directory);
    const memberships = membershipsNow(account, wanted, directory);
    if (memberships.length > wanted.mostMemberships)
        throw refusal('no-membership', 'too-many-roles', 'more memberships than the system allows');
    if (!isFilled(memberships))
        throw refusal('no-membership', 'no-membership', 'no membership holds now');
    const actor = token.actor === undefined ? null : findActor(token.actor, account, wanted, directory);
    return { account, application, memberships, actor, directoryVersion };
}
/** The account and the application alone, both active now: what the admin plane asks before it looks for a right. Fails as `recognise`. */
function recogniseAccount(token, wanted, directory) {
    const account = findAccount(token, wanted.environment, directory);
    if (account === undefined)
        throw refusal('account-unknown', 'account-unknown', 'no account under issuer, subject and environment');
    checkStanding(account, wanted.atMs, directory);
    // A client that took a person's subject for its own name would be that person (RFC 9068, 5); a person is never the client itself.
    if (account.kind === 'person' && token.subject === token.clientId)
        throw refusal('account-unknown', 'account-unknown', "a client's own token under a person's subject");
    return { account, application: findActiveApplication(token, wanted, directory) };
}
/**
 * The next moment after `atMs` at which a dated fact behind a caller without an actor changes; Infinity for none.
 * Until then, and while the directory's version stays, `recognise` would give the same.
 */
function callerHoldsUntil(caller, wanted, directory) {
    const { atMs } = wanted;
    let until = Math.min((0, standing_1.nextStandingChange)(caller.account.standings, atMs), (0, standing_1.nextStandingChange)(caller.application.standings, atMs));
    const organization = directory.organization(caller.account.organization);
    if (organization !== undefined)
        until = Math.min(until, (0, standing_1.nextStandingChange)(organization.standings, atMs));
    for (const { fromMs, toMs } of directory.memberships(caller.account.id, wanted.system, wanted.environment)) {
        if (fromMs > atMs && fromMs < until)
            until = fromMs;
        if (toMs !== null && toMs > atMs && toMs < until)
            until = toMs;
    }
    return until;
}
/** The account of exactly these three; compared again here, because a store may find by a looser equality than ours (STO-09). */
function findAccount(who, environment, directory) {
    const found = directory.findAccount(who.issuer, who.subject, environment);
    const isSame = found !== undefined && found.issuer === who.issuer && found.subject === who.subject && found.environment === environment;
    return isSame ? found : undefined;
}
/** The application of exactly issuer, client id and environment. */
function findApplication(token, environment, directory) {
    if (token.clientId === undefined)
        return undefined;
    const found = directory.findApplication(token.issuer, token.clientId, environment);
    const isSame = found !== undefined && found.issuer === token.issuer && found.clientId === token.clientId && found.environment === environment;
    return isSame ? found : undefined;
}
function checkStanding(account, atMs, directory) {
    const standing = (0, standing_1.standingAt)(account.standings, atMs);
    if (standing !== 'active')
        throw refusal('account-not-active', `account-${standing}`, `the account is ${standing}`);
    const organization = directory.organization(account.organization);
    if (organization === undefined || organization.id !== account.organization || (0, standing_1.standingAt)(organization.standings, atMs) !== 'active') {
        throw refusal('account-not-active', 'organization-not-active', 'the organization is not active');
    }
}
function findActiveApplication(token, wanted, directory) {
    if (token.clientId === undefined)
        throw refusal('application-not-registered', 'application-missing', 'the token names no client');
    const application = findApplication(token, wanted.environment, directory);
    if (application === undefined)
        throw refusal('application-not-registered', 'application-not-registered', 'no application under issuer, client id and environment');
    if ((0, standing_1.standingAt)(application.standings, wanted.atMs) !== 'active')
        throw refusal('application-not-registered', 'application-not-active', 'the application is not active');
    return application;
}
function membershipsNow(account, wanted, directory) {
    return directory
        .memberships(account.id, wanted.system, wanted.environment)
        .filter((one) => one.account === account.id &&
        one.system === wanted.system &&
        one.environment === wanted.environment &&
        one.fromMs <= wanted.atMs &&
        (one.toMs === null || wanted.atMs < one.toMs));
}
function findActor(named, person, wanted, directory) {
    const account = findAccount(named, wanted.environment, directory);
    const isRegistered = account !== undefined &&
        account.kind === 'service' &&
        person.kind === 'person' &&
        directory.isDelegated(account.id, person.id, wanted.atMs);
    if (!isRegistered)
        throw refusal('action-not-permitted', 'actor-not-registered', 'the actor is not registered for this person');
    checkStanding(account, wanted.atMs, directory);
    const memberships = membershipsNow(account, wanted, directory);
    if (memberships.length > wanted.mostMemberships)
        throw refusal('action-not-permitted', 'too-many-roles', 'the actor has more memberships than the system allows');
    // An actor narrows what the person may see; one without a membership leaves nothing.
    if (memberships.length === 0)
        throw refusal('action-not-permitted', 'actor-narrows', 'the actor has no membership here');
    return { account, memberships };
}
const isFilled = (list) => list.length > 0;
const refusal = (code, reason, message) => new errors_1.GatewayError(code, message, { reason });
