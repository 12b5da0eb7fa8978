"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.BENCH_SSN = exports.BENCH_SHOWN_FIELDS = exports.BENCH_SECTIONS = exports.BENCH_RECORD_ID = void 0;
exports.makeBenchRecord = makeBenchRecord;
/** The record that every subject carries: one workforce-one record, near 2 KB as compact JSON, with its SSN in a field and in free text. */
exports.BENCH_RECORD_ID = 'WF1-1000042';
/** The sections that the calling application may carry: about a third of the fields stand outside them. */
exports.BENCH_SECTIONS = [
    'basic',
    'privacy',
    'assignment',
    'contact',
    'demographics',
    'case-notes',
    'documents',
    'referrals',
];
/** The top-level fields that those sections hold, for the subject that decides per field in its own way. */
exports.BENCH_SHOWN_FIELDS = [
    'recordId', 'name', 'birthDate', 'ssn', 'maxisCaseNumber', 'pmi', 'programName', 'caseStatus',
    'privacy', 'assignment', 'contact', 'demographics', 'caseNotes', 'documents', 'referrals',
]; // prettier-ignore
exports.BENCH_SSN = '219-09-9987';
function makeBenchRecord() {
    return {
        recordId: exports.BENCH_RECORD_ID,
        name: { first: 'Ramona', middle: 'J', last: 'Sampleton', suffix: null },
        birthDate: '1987-04-12',
        ssn: exports.BENCH_SSN,
        maxisCaseNumber: '01934567',
        pmi: 4210987,
        programName: 'MFIP-ES',
        caseStatus: 'Active',
        privacy: { indicator: false, setBy: null, setOn: null, reason: null, maxisPrivileged: 'N' },
        assignment: {
            staffId: 'S1001',
            staffName: 'Casey Counselor',
            agency: 'AG-NORTH',
            office: 'OF-11',
            county: '62',
            assignedOn: '2024-03-06',
        },
        contact: {
            phone: '651-555-0142',
            email: 'ramona.sampleton@example.org',
            address: { line1: '100 Sample St', line2: '', city: 'Saint Paul', state: 'MN', zip: '55101-1234' },
            preferredLanguage: 'en',
            safeToCall: 'Ask for 219.09.9987 only in person.',
        },
        demographics: {
            sex: 'F',
            hispanicLatino: 0,
            race: ['white'],
            maritalStatus: 'separated',
            veteran: false,
            disability: 9,
            monthsOnCash: '07',
        },
        relatives: [
            { relation: 'child', name: { first: 'Robin', last: 'Sampleton' }, birthDate: '2015-09-30', ssn: 666123456, livesInHousehold: true },
        ],
        activities: [
            {
                activityId: 70001,
                code: 'JS',
                title: 'Structured job search',
                provider: 'North Works',
                startDate: '2024-04-01',
                weeklyHours: 30,
                hourlyWage: '17.10',
                status: 'open',
                comment: 'Hours verified with the provider.',
            },
        ],
        assessments: [
            { assessmentId: 'A-330', kind: 'TABE', date: '2024-03-20', score: 541.5, level: '9', remarks: 'ID shown: SSN:219099987.' },
        ],
        employmentPlans: [
            { planId: 'EP-12', version: 3, goal: 'Nursing assistant', steps: ['finish course', 'apply'], signedOn: '2024-03-22' },
        ],
        caseNotes: [
            {
                noteId: 901,
                date: '2024-03-21',
                author: 'S1001',
                subject: 'Intake',
                text: "SSN 219-09-9987 checked against card. Child's number 666-12-3456 is on file.",
            },
            {
                noteId: 902,
                date: '2024-04-02',
                author: 'S1001',
                subject: 'Re: 219\u201309\u20139987',
                text: 'Called 651-555-0142, no answer. Child care starts on Monday; the paperwork is with the county.',
            },
        ],
        documents: [{ documentId: 'D-5501', title: 'Lease', fileName: 'lease_219099987.pdf', mediaType: 'application/pdf', sizeBytes: 182044 }],
        referrals: [],
    };
}
