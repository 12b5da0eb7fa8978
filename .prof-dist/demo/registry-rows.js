"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.registryCsv = registryCsv;
/** Records whose bodies say open, and of which the registry says private: MAXIS was quicker than the case system. */
const PRIVATE_BY_FEED_ALONE = 5;
/**
 * `records.csv` of a directory import: what the registry knows of the demo's records.
 * Everything of TrackOne, whose facts stand there, and a few privacy flags for Workforce One.
 */
function registryCsv(records) {
    const open = records.workforceOne.filter((record) => record['privacy']?.indicator === false);
    const rows = [
        ...open.slice(0, PRIVATE_BY_FEED_ALONE).map((record) => ['workforce-one', record['recordId'], 'true', '', '']),
        ...records.trackOne.map((record) => [
            'trackone',
            record['participantId'],
            String(record['confidential'] === 'Y'),
            record['region'],
            record['site'],
        ]),
    ];
    const lines = rows.map(([system, id, isPrivate, region, site]) => [system, 'production', id, isPrivate, region, site].join(','));
    return `system,environment,record_id,private,fact:region,fact:site\n${lines.join('\n')}\n`;
}
