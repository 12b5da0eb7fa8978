"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.seededSsns = void 0;
exports.makeRecords = makeRecords;
const faker_1 = require("@faker-js/faker");
const make_ssns_1 = require("./make-ssns");
const tour_record_1 = require("./tour-record");
const SEED = 20240703;
const WORKFORCE_ONE_COUNT = 2_200;
const TRACK_ONE_COUNT = 300;
/** Agencies, their offices and counties, and the staff ids that records are assigned to. `demo/directory` names the same. */
const AGENCIES = [
    {
        agency: 'AG-NORTH',
        offices: ['OF-11', 'OF-12'],
        counties: ['62', '82'],
        staff: ['S1001', 'S1002', 'S1003', 'S1040'],
        former: ['S1009', 'S1050'],
    },
    { agency: 'AG-SOUTH', offices: ['OF-21'], counties: ['19', '70'], staff: ['S2001', 'S2002', 'S2040'], former: ['S2009'] },
    { agency: 'AG-HARBOR', offices: ['OF-31'], counties: ['27', '69'], staff: ['S3001', 'S3002'], former: ['S3009'] },
];
/** The sample cases of the demo: synthetic, the same at every start. Nobody in them exists; no SSN in them was ever issued. */
function makeRecords() {
    const faker = new faker_1.Faker({ locale: faker_1.en, seed: SEED });
    faker.setDefaultRefDate('2024-07-01T00:00:00Z');
    const ssns = (0, make_ssns_1.makeSsnSource)((most) => faker.number.int({ min: 0, max: most }));
    const workforceOne = [(0, tour_record_1.tourRecord)(ssns), ...Array.from({ length: WORKFORCE_ONE_COUNT }, (_, i) => workforceOneRecord(faker, ssns, i))];
    const trackOne = Array.from({ length: TRACK_ONE_COUNT }, (_, i) => trackOneRecord(faker, ssns, i));
    return { workforceOne, trackOne, seededSsns: ssns.all() };
}
/** Every full SSN in the demo's records, nine digits each: what nobody may find in anything the gateway wrote. */
const seededSsns = () => makeRecords().seededSsns;
exports.seededSsns = seededSsns;
function workforceOneRecord(faker, ssns, index) {
    const recordId = `WF1-${1_000_100 + index}`;
    const person = ssns.next();
    const first = faker.person.firstName();
    const last = faker.person.lastName();
    const agency = faker.helpers.arrayElement(AGENCIES);
    return {
        recordId,
        name: {
            first,
            middle: faker.helpers.arrayElement(['', 'A', 'J', 'M', null]),
            last,
            suffix: faker.helpers.arrayElement([null, null, null, 'Jr.']),
        },
        birthDate: dayOf(faker.date.birthdate({ min: 18, max: 64, mode: 'age' })),
        ssn: ssnField(faker, ssns, person),
        maxisCaseNumber: faker.string.numeric({ length: 8, allowLeadingZeros: true }),
        pmi: index % 2 === 0 ? faker.number.int({ min: 1_000_000, max: 9_999_999 }) : `0${faker.string.numeric(7)}`,
        programName: faker.helpers.arrayElement(['MFIP-ES', 'DWP', 'WIOA Adult', 'WIOA Youth', 'SNAP E&T']),
        caseStatus: faker.helpers.arrayElement(['Active', 'Active', 'Closed', 'Exited', 'Pending']),
        ...privacyOf(faker, ssns, person),
        assignment: assignmentOf(faker, agency),
        contact: contactOf(faker, ssns, person, recordId, first, last),
        demographics: demographicsOf(faker),
        relatives: relativesOf(faker, ssns, last),
        activities: some(faker, 0, 2, () => activityOf(faker)),
        assessments: some(faker, 0, 2, () => ({
            assessmentId: `A-${faker.number.int({ min: 100, max: 99_999 })}`,
            kind: faker.helpers.arrayElement(['TABE', 'CASAS', 'Interest profiler']),
            date: recentDay(faker),
            score: faker.helpers.arrayElement([
                faker.number.float({ min: 300, max: 600, fractionDigits: 1 }),
                faker.string.numeric(3),
            ]),
            level: faker.helpers.arrayElement(['9', 9, 'D']),
            remarks: faker.helpers.maybe(() => `Identity shown: ${ssns.typed(person)}.`) ?? sentence(faker),
        })),
        employmentPlans: some(faker, 0, 1, () => planOf(faker)),
        caseNotes: notesOf(faker, ssns, person, first),
        documents: some(faker, 0, 2, () => documentOf(faker, ssns, person, last)),
        referrals: some(faker, 0, 1, () => ({
            referralId: `R-${faker.number.int({ min: 10, max: 9_999 })}`,
            service: faker.helpers.arrayElement(['Child care', 'Adult basic education', 'Housing', 'Legal aid']),
            staffId: faker.helpers.arrayElement(['S3001', 'S3002', 'S2001', '']),
            organization: 'Harbor Partners',
            referredOn: recentDay(faker),
            reason: sentence(faker),
        })),
        internalFlags: { etlBatch: `20240701-${faker.number.int(99)}`, matchKey: `${last.toUpperCase()}|${ssns.plain(person)}` },
        lastSyncHash: faker.string.hexadecimal({ length: 6, prefix: '', casing: 'lower' }),
    };
}
/** About 15 in 100 private; a few records are silent about it, which is private too. */
function privacyOf(faker, ssns, person) {
    const roll = faker.number.int({ min: 0, max: 99 });
    if (roll === 99)
        return {};
    if (roll >= 15)
        return { privacy: { indicator: roll % 2 === 0 ? false : 'N', setBy: null, setOn: null, reason: null, maxisPrivileged: 'N' } };
    return {
        privacy: {
            indicator: roll % 2 === 0 ? true : 'Y',
            setBy: roll % 3 === 0 ? 'S1030' : 'MAXIS interface',
            setOn: faker.date.recent({ days: 400 }).toISOString(),
            reason: roll % 4 === 0 ? `Privileged on MAXIS, letter names ${ssns.typed(person)}` : 'Privileged on MAXIS',
            maxisPrivileged: 'Y',
        },
    };
}
/** Among them records nobody is assigned to, a blank agency, and a former assignee in the history. */
function assignmentOf(faker, agency) {
    const roll = faker.number.int({ min: 0, max: 99 });
    const staffId = faker.helpers.arrayElement(agency.staff);
    const former = faker.helpers.arrayElement(agency.former);
    return {
        staffId: roll < 4 ? '' : roll < 7 ? null : staffId,
        staffName: roll < 7 ? null : faker.person.fullName(),
        agency: roll >= 7 && roll < 10 ? '' : agency.agency,
        office: faker.helpers.arrayElement(agency.offices),
        county: faker.helpers.arrayElement(agency.counties),
        assignedOn: recentDay(faker),
        history: roll % 3 === 0 ? [{ staffId: former, agency: agency.agency, from: '2023-01-09', to: '2024-03-05' }] : [],
    };
}
function contactOf(faker, ssns, person, recordId, first, last) {
    const phone = `651-555-01${faker.string.numeric(2)}`;
    return {
        phone,
        mobile: faker.helpers.arrayElement([Number(phone.replaceAll('-', '')), phone, null]),
        email: faker.internet.exampleEmail({ firstName: first, lastName: last }).toLowerCase(),
        address: addressOf(faker),
        mailingAddress: faker.helpers.maybe(() => addressOf(faker), { probability: 0.2 }) ?? null,
        preferredLanguage: faker.helpers.arrayElement(['en', 'es', 'hmn', 'so', 'kar']),
        safeToCall: faker.helpers.arrayElement(['Yes', 'Evenings alone', `Ask for the number ${ssns.typed(person)} before you speak.`]),
        _links: { self: `/records/${recordId}/contact?ssn=${ssns.plain(person)}` },
    };
}
const addressOf = (faker) => ({
    line1: faker.location.streetAddress(),
    line2: faker.helpers.maybe(() => faker.location.secondaryAddress(), { probability: 0.3 }) ?? '',
    city: faker.helpers.arrayElement(['Saint Paul', 'Maplewood', 'Roseville', 'Duluth']),
    state: 'MN',
    zip: `55101-${faker.string.numeric(4)}`,
});
/** Items and codes after the WIOA participant record layout, some as numbers and some as strings, as such systems have them. */
const demographicsOf = (faker) => ({
    sex: faker.helpers.arrayElement(['F', 'M', 'X']),
    hispanicLatino: faker.helpers.arrayElement([0, 1, 9, '0', '1']),
    race: faker.helpers.arrayElements(['white', 'black-african-american', 'asian', 'american-indian'], { min: 0, max: 2 }),
    maritalStatus: faker.helpers.arrayElement(['single', 'married', 'separated', 'widowed']),
    veteran: faker.datatype.boolean(),
    disability: faker.helpers.arrayElement([0, 1, 9]),
    englishLearner: faker.helpers.arrayElement(['0', '1']),
    homeless: faker.datatype.boolean(),
    singleParent: faker.helpers.arrayElement([0, 1]),
    lowIncome: faker.helpers.arrayElement([0, 1]),
    highestGradeCompleted: faker.string.numeric({ length: 2, allowLeadingZeros: true }),
    employmentStatusAtEntry: faker.helpers.arrayElement(['01', '02', '03']),
    weeklyWageAtEntry: faker.number.float({ min: 0, max: 900, fractionDigits: 2 }),
    monthsOnCash: faker.string.numeric({ length: 2, allowLeadingZeros: true }),
});
function relativesOf(faker, ssns, last) {
    return some(faker, 0, 2, () => {
        const ssn = ssns.next();
        return {
            relation: faker.helpers.arrayElement(['child', 'spouse', 'parent', 'ex-spouse']),
            name: { first: faker.person.firstName(), last },
            birthDate: dayOf(faker.date.birthdate({ min: 1, max: 70, mode: 'age' })),
            ssn: ssnField(faker, ssns, ssn),
            livesInHousehold: faker.datatype.boolean(),
            ...(faker.datatype.boolean(0.3) ? { remark: `Number as told: ${ssns.typed(ssn)}` } : {}),
        };
    });
}
function activityOf(faker) {
    return {
        activityId: faker.number.int({ min: 10_000, max: 99_999 }),
        code: faker.helpers.arrayElement(['JS', 'ED', 'WE', 'SS']),
        title: faker.helpers.arrayElement(['Structured job search', 'GED class', 'Work experience', 'Social services']),
        provider: faker.company.name(),
        startDate: recentDay(faker),
        endDate: faker.helpers.maybe(() => recentDay(faker)) ?? null,
        weeklyHours: faker.number.int({ min: 5, max: 40 }),
        hourlyWage: faker.finance.amount({ min: 11, max: 30 }),
        status: faker.helpers.arrayElement(['open', 'done', 'dropped']),
        comment: sentence(faker),
    };
}
function planOf(faker) {
    return {
        planId: `EP-${faker.number.int({ min: 10, max: 9_999 })}`,
        version: faker.number.int({ min: 1, max: 5 }),
        goal: faker.person.jobTitle(),
        steps: some(faker, 1, 3, () => sentence(faker)),
        signedOn: recentDay(faker),
        barriers: faker.helpers.arrayElement(['Child care', 'Transport', 'None named']),
        supportServices: some(faker, 0, 1, () => ({
            kind: 'bus pass',
            amount: faker.number.float({ min: 10, max: 120, fractionDigits: 2 }),
            paidOn: recentDay(faker),
        })),
    };
}
function notesOf(faker, ssns, person, first) {
    return some(faker, 1, 4, () => {
        const text = faker.helpers.arrayElement([
            () => `Met ${first} in person. Number ${ssns.typed(person)} checked against the card. ${sentence(faker)}`,
            () => `${sentence(faker)} A neighbour gave the number ${ssns.typed(ssns.next())} as reference.`,
            () => `Called 651-555-01${faker.string.numeric(2)}, no answer. ZIP 55101-1234. ${sentence(faker)}`,
            () => `${sentence(faker)} ${sentence(faker)}`,
        ]);
        return {
            noteId: faker.number.int({ min: 1, max: 99_999 }),
            date: recentDay(faker),
            author: faker.helpers.arrayElement(['S1001', 'S1002', 'S2001', 'S3001']),
            subject: faker.helpers.arrayElement([() => 'Contact', () => 'Plan review', () => `Re: ${ssns.typed(person)}`])(),
            text: text(),
        };
    });
}
function documentOf(faker, ssns, person, last) {
    const documentId = `D-${faker.number.int({ min: 1_000, max: 99_999 })}`;
    const title = faker.helpers.arrayElement(['Lease', 'Pay stub', 'Birth certificate', 'Medical opinion']);
    const stem = `${last.toLowerCase()}_${title.toLowerCase().replace(' ', '-')}`;
    return {
        documentId,
        title,
        fileName: faker.datatype.boolean(0.4) ? `${stem}_${ssns.plain(person)}.pdf` : `${stem}.pdf`,
        mediaType: 'application/pdf',
        sizeBytes: faker.number.int({ min: 9_000, max: 4_000_000 }),
        storedOn: recentDay(faker),
        link: `https://documents.example.org/wf1/${documentId}?person=${ssns.dashed(person)}`,
    };
}
function trackOneRecord(faker, ssns, index) {
    const person = ssns.next();
    const any = faker.helpers.arrayElement(['R4', 'R5', 'R6']);
    // The first is what the tour's curl line asks for as the team member of region 4.
    const region = index === 0 ? 'R4' : any;
    const staff = `T${region.slice(1)}-${faker.number.int({ min: 10, max: 29 })}`;
    const first = faker.person.firstName();
    const last = faker.person.lastName();
    return {
        participantId: `T1-${200_041 + index}`,
        name: { first, last },
        birthDate: dayOf(faker.date.birthdate({ min: 18, max: 64, mode: 'age' })),
        ssnLast4: person.slice(-4),
        fundingSource: faker.helpers.arrayElement(['WIA', 'W-P', 'TAA', 'Veterans', 'WIRED']),
        status: faker.helpers.arrayElement(['Current', 'Current', 'Exited']),
        region,
        site: index === 0 ? 'R4-LAF' : faker.helpers.arrayElement(SITES[region] ?? []),
        confidential: index % 8 === 7 ? 'Y' : 'N',
        phone: `765-555-01${faker.string.numeric(2)}`,
        email: faker.internet.exampleEmail({ firstName: first, lastName: last }).toLowerCase(),
        address: { street: faker.location.streetAddress(), city: 'Lafayette', state: 'IN', zip: `47901-${faker.string.numeric(4)}` },
        services: some(faker, 0, 3, () => ({
            serviceId: faker.number.int({ min: 50_000, max: 59_999 }),
            code: faker.helpers.arrayElement(['102', '107', '205']),
            title: faker.helpers.arrayElement(['Resume workshop', 'Job referral', 'Occupational skills training']),
            date: recentDay(faker),
            enteredOn: recentDay(faker),
            staff,
            hours: faker.number.float({ min: 0.5, max: 8, fractionDigits: 2 }),
        })),
        serviceNotes: some(faker, 0, 2, (at) => ({
            noteId: at + 1,
            date: recentDay(faker),
            staff,
            text: faker.helpers.arrayElement([() => `Brought card, number ${ssns.typed(person)}. ${sentence(faker)}`, () => sentence(faker)])(),
        })),
        fullSsn: ssns.dashed(person),
        exportTag: faker.string.alphanumeric(2),
    };
}
const SITES = { R4: ['R4-LAF', 'R4-KOK'], R5: ['R5-IND'], R6: ['R6-MUN'] };
const sentence = (faker) => faker.helpers.arrayElement(SENTENCES);
const SENTENCES = [
    'Bus route changed, arrives late on Tuesdays.',
    'Child care starts on Monday; paperwork is with the county.',
    'Applied at three places this week, one interview set.',
    'Asked for winter clothing support.',
    'Missed the appointment, called the same day, new time agreed.',
    'Wants evening classes near home.',
    'Employer asks for proof of eligibility by Friday.',
    'Car repair estimate received, 485.20 dollars.',
    'Hours verified with the provider.',
    'Landlord agreed to wait until the first of the month.',
];
/** The same number as different systems store it: text with dashes, text without, a number (leading zeros lost), or already masked. */
function ssnField(faker, ssns, ssn) {
    const roll = faker.number.int({ min: 0, max: 9 });
    if (roll < 5)
        return ssns.dashed(ssn);
    if (roll < 7)
        return ssns.plain(ssn);
    return roll < 9 ? Number(ssn) : `XXX-XX-${ssn.slice(-4)}`;
}
const some = (faker, min, max, make) => Array.from({ length: faker.number.int({ min, max }) }, (_, at) => make(at));
const dayOf = (moment) => moment.toISOString().slice(0, 10);
const recentDay = (faker) => dayOf(faker.date.recent({ days: 500 }));
