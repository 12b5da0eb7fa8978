"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.DEMO_SERVICES = exports.DEMO_PEOPLE = void 0;
/** The people and services of the demo. Each is the `sub` of a token; what they may do stands in `demo/directory`, not here. */
exports.DEMO_PEOPLE = {
    counselor: 'Assigned employment counselor, northside agency',
    'other-counselor': 'Employment counselor of the same agency, assigned to other records',
    'former-counselor': 'Was assigned once; still works there',
    'referred-worker': 'Worker of another agency to whom participants were referred',
    'no-privilege-supervisor': 'Supervises the counselor; profile without the private-record privilege',
    supervisor: 'Direct supervisor of the counselor, with the private-record privilege',
    'other-supervisor': 'Supervises somebody else',
    'data-specialist': 'Data specialist of the northside agency',
    'other-data-specialist': 'Data specialist of another agency',
    monitor: 'Monitor of the state',
    'departed-counselor': 'Left the agency; the account is terminated, old tokens may still be about',
    'suspended-counselor': 'The account is suspended',
    'two-hats': 'Counselor at one agency, supervisor at another: two memberships',
    auditor: 'Reads the access log',
    operator: 'Reads the metrics',
    'security-officer': 'Security officer of the northside agency',
    'directory-admin': 'Keeps the directory',
    'policy-admin': 'Keeps the policies',
    'team-member': 'TrackOne: team member of region 4',
    'other-team-member': 'TrackOne: team member of region 5',
    'master-user': 'TrackOne: master user of region 4',
    'state-staff': 'TrackOne: staff of the state',
    stranger: 'Signs in, but has no account in the directory',
};
/** Signs in with its own client (client credentials), not as a person. */
exports.DEMO_SERVICES = { 'maxis-feed': 'Carries privacy transactions from MAXIS' };
