"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.TOUR_PEOPLE = void 0;
exports.showTour = showTour;
const fetch_demo_token_1 = require("./fetch-demo-token");
const tour_record_1 = require("./tour-record");
/** Who looks at the private record, in this order. */
exports.TOUR_PEOPLE = ['counselor', 'supervisor', 'data-specialist', 'other-counselor', 'monitor'];
/** Shows one private record as five people see it, then what the log says of those five looks. Fails when an entry is not there. */
async function showTour({ identityProvider, dataUrl, findEntry, print }) {
    const looks = [];
    for (const person of exports.TOUR_PEOPLE)
        looks.push(await lookAs(person, identityProvider, dataUrl));
    const entries = await Promise.all(looks.map((look) => findEntry(look.accessId)));
    print(`One private record, ${tour_record_1.TOUR_RECORD_ID}, as five people see it:`);
    print('');
    printTable(print, ['who', 'status', 'view', 'sections', 'withheld', 'a line of it'], looks.map((look, at) => [
        look.person,
        String(look.status),
        look.view,
        String(Object.keys(entries[at]?.records[0]?.disclosed ?? {}).length),
        shorten(look.withheld.length === 0 ? '-' : look.withheld.join(', '), 34),
        shorten(look.line, 46),
    ]));
    print('');
    print('What the access log keeps of it (each entry was on disk before its answer left):');
    print('');
    printTable(print, ['access id', 'who', 'workgroup', 'relations', 'disclosure', 'reasons'], looks.map((look, at) => {
        const entry = entries[at];
        if (entry === undefined)
            throw new Error(`The log has no entry ${look.accessId}.`);
        const record = entry.records[0];
        const key = record?.keys[0];
        return [
            look.accessId,
            entry.who?.account ?? '-',
            key?.workgroup ?? '-',
            key === undefined || key.relations.length === 0 ? '-' : key.relations.join(' '),
            record?.disclosure ?? 'none',
            entry.outcome.reasons.join(' '),
        ];
    }));
}
async function lookAs(person, identityProvider, dataUrl) {
    const token = await (0, fetch_demo_token_1.fetchDemoToken)(identityProvider, person);
    const answer = await fetch(`${dataUrl}/workforce-one/records/${tour_record_1.TOUR_RECORD_ID}`, { headers: { authorization: `Bearer ${token}` } });
    const text = await answer.text();
    return {
        person,
        accessId: answer.headers.get('casegate-access-id') ?? '',
        status: answer.status,
        view: answer.headers.get('casegate-view') ?? '-',
        withheld: sectionsOf(answer.headers.get('casegate-withheld')),
        line: answer.ok ? maskedLine(JSON.parse(text)) : text,
    };
}
/** `contact=not-granted, documents=not-granted` -> the names alone. */
const sectionsOf = (header) => [...(header ?? '').matchAll(/(?:^|,)\s*([a-z][a-z-]*)/g)].map((match) => match[1] ?? '');
/** The first case note where notes are shown, otherwise the SSN as it left. */
function maskedLine(record) {
    const notes = record['caseNotes'];
    const note = notes?.[0]?.text;
    return note === undefined ? `ssn: ${String(record['ssn'])}` : `note: ${note}`;
}
function printTable(print, head, rows) {
    const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
    const lineOf = (cells) => `  ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd();
    print(lineOf(head));
    print(lineOf(widths.map((width) => '-'.repeat(width))));
    for (const row of rows)
        print(lineOf(row));
}
const shorten = (text, most) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
