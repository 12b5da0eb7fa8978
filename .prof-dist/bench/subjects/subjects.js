"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.SUBJECTS = void 0;
const make_record_1 = require("../make-record");
const untouched = (body, sent) => {
    if (body !== sent)
        throw new Error('a bare pass-through changed the record');
};
const enforced = (body) => {
    const record = JSON.parse(body);
    if (body.includes(make_record_1.BENCH_SSN) || body.includes(make_record_1.BENCH_SSN.replaceAll('-', '')))
        throw new Error('an SSN came through');
    if (record['ssn'] !== `XXX-XX-${make_record_1.BENCH_SSN.slice(-4)}`)
        throw new Error('the SSN field is not masked');
    for (const left of ['relatives', 'activities', 'assessments', 'employmentPlans']) {
        if (left in record)
            throw new Error(`${left} should have been left out`);
    }
    for (const shown of ['recordId', 'contact', 'demographics', 'caseNotes', 'documents']) {
        if (!(shown in record))
            throw new Error(`${shown} should be shown`);
    }
};
exports.SUBJECTS = [
    { name: 'casegate', file: 'casegate', check: enforced },
    { name: 'http-proxy-middleware bare', file: 'http-proxy-middleware-bare', check: untouched },
    { name: 'fastify-http-proxy bare', file: 'fastify-http-proxy-bare', check: untouched },
    { name: 'undici bare', file: 'undici-bare', check: untouched },
    { name: 'assembled stack', file: 'assembled-stack', check: enforced },
];
