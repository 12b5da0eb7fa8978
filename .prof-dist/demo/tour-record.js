"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.TOUR_RECORD_ID = void 0;
exports.tourRecord = tourRecord;
const make_ssns_1 = require("./make-ssns");
exports.TOUR_RECORD_ID = 'WF1-1000017';
/** The private record that the tour shows to five people: assigned to `counselor` (S1001), agency AG-NORTH, county 62. */
function tourRecord(ssns) {
    const child = ssns.next();
    const formerSpouse = ssns.next();
    return {
        recordId: exports.TOUR_RECORD_ID,
        name: { first: 'Ramona', middle: 'J', last: 'Sampleton', suffix: null },
        birthDate: '1987-04-12',
        ssn: ssns.dashed(make_ssns_1.CANARY_SSN),
        maxisCaseNumber: '01934567',
        pmi: 4210987,
        programName: 'MFIP-ES',
        caseStatus: 'Active',
        privacy: {
            indicator: true,
            setBy: 'MAXIS interface',
            setOn: '2024-03-05T08:15:00-06:00',
            reason: 'Case is privileged on MAXIS, see letter about 219 09 9987',
            maxisPrivileged: 'Y',
        },
        assignment: {
            staffId: 'S1001',
            staffName: 'Casey Counselor',
            agency: 'AG-NORTH',
            office: 'OF-11',
            county: '62',
            assignedOn: '2024-03-06',
            history: [{ staffId: 'S1009', agency: 'AG-NORTH', from: '2023-01-09', to: '2024-03-05' }],
        },
        contact: {
            phone: '651-555-0142',
            mobile: 6515550143,
            email: 'ramona.sampleton@example.org',
            address: { line1: '100 Sample St', line2: '', city: 'Saint Paul', state: 'MN', zip: '55101-1234' },
            mailingAddress: null,
            preferredLanguage: 'en',
            safeToCall: 'Do not leave a message. Ask for 219.09.9987 only in person.',
            _links: { self: `/records/${exports.TOUR_RECORD_ID}/contact?ssn=219099987` },
        },
        demographics: {
            sex: 'F',
            hispanicLatino: 0,
            race: ['white', 'black-african-american'],
            maritalStatus: 'separated',
            veteran: false,
            disability: 9,
            englishLearner: '0',
            homeless: true,
            singleParent: 1,
            lowIncome: 1,
            highestGradeCompleted: '12',
            employmentStatusAtEntry: '03',
            weeklyWageAtEntry: 412.5,
            monthsOnCash: '07',
        },
        relatives: [
            {
                relation: 'child',
                name: { first: 'Robin', last: 'Sampleton' },
                birthDate: '2015-09-30',
                ssn: Number(child),
                livesInHousehold: true,
            },
            {
                relation: 'ex-spouse',
                name: { first: 'Avery', last: 'Placeholder' },
                birthDate: '1985-02-01',
                ssn: ssns.dashed(formerSpouse),
                livesInHousehold: false,
                remark: `Order for protection; writes his number as ${formerSpouse.slice(0, 3)} ${formerSpouse.slice(3, 5)} ${formerSpouse.slice(5)}`,
            },
        ],
        activities: [
            {
                activityId: 70001,
                code: 'JS',
                title: 'Structured job search',
                provider: 'North Works',
                startDate: '2024-04-01',
                endDate: null,
                weeklyHours: 30,
                hourlyWage: '17.10',
                status: 'open',
                comment: 'Verified',
            },
        ],
        assessments: [
            {
                assessmentId: 'A-330',
                kind: 'TABE',
                date: '2024-03-20',
                score: 541,
                level: '9',
                remarks: 'Reading strong. ID shown: SSN:219099987.',
            },
        ],
        employmentPlans: [
            {
                planId: 'EP-12',
                version: 3,
                goal: 'Certified nursing assistant',
                steps: ['finish CNA course', 'apply at three clinics'],
                signedOn: '2024-03-22',
                barriers: 'Child care, transport',
                supportServices: [{ kind: 'bus pass', amount: 85.1, paidOn: '2024-03-25' }],
            },
        ],
        caseNotes: [
            {
                noteId: 901,
                date: '2024-03-21',
                author: 'S1001',
                subject: 'Intake',
                text: `Met in person. SSN 219-09-9987 checked against card. Child's number ${ssns.dashed(child)} is on file.`,
            },
            {
                noteId: 902,
                date: '2024-04-02',
                author: 'S1001',
                subject: 'Re: 219\u201309\u20139987',
                text: 'Called 651-555-0142, no answer. Zip 55101-1234.',
            },
        ],
        documents: [
            {
                documentId: 'D-5501',
                title: 'Lease',
                fileName: 'lease_219099987.pdf',
                mediaType: 'application/pdf',
                sizeBytes: 182044,
                storedOn: '2024-03-21',
                link: 'https://documents.example.org/wf1/D-5501?person=219-09-9987',
            },
        ],
        referrals: [
            {
                referralId: 'R-77',
                service: 'Domestic violence advocacy',
                staffId: 'S3001',
                organization: 'Harbor Partners',
                referredOn: '2024-03-23',
                reason: 'Safety planning',
            },
        ],
        internalFlags: { etlBatch: '20240305-17', matchKey: 'SAMPLETON|219099987' },
        lastSyncHash: '5f2c1e',
    };
}
