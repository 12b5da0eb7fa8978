"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.SPELLINGS = exports.CANARY_SSN = void 0;
exports.makeSsnSource = makeSsnSource;
/** The number of the specimen card of the Social Security Administration; voided, belongs to nobody. */
exports.CANARY_SSN = '219099987';
/**
 * Gives Social Security numbers that were never issued: areas 000, 666 and 900 to 999, the groups of taxpayer numbers left out.
 * `pick(most)` gives a whole number from 0 to `most`.
 */
function makeSsnSource(pick) {
    const given = new Set([exports.CANARY_SSN]);
    const next = () => {
        const area = [() => '000', () => '666', () => String(900 + pick(99))][pick(2)]?.() ?? '900';
        const ssn = `${area}${String(1 + pick(48)).padStart(2, '0')}${String(1 + pick(9_997)).padStart(4, '0')}`;
        if (given.has(ssn))
            return next();
        given.add(ssn);
        return ssn;
    };
    return {
        next,
        typed: (ssn) => (exports.SPELLINGS[pick(exports.SPELLINGS.length - 1)] ?? joined('-'))(ssn),
        dashed: joined('-'),
        plain: (ssn) => ssn,
        all: () => [...given],
    };
}
const parts = (ssn) => [ssn.slice(0, 3), ssn.slice(3, 5), ssn.slice(5)];
const joined = (separator) => (ssn) => parts(ssn).join(separator);
const shifted = (zero) => (ssn) => ssn.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
/** As people type them into notes. Each must leave the gateway masked. */
exports.SPELLINGS = [
    joined('-'),
    joined(''),
    joined(' '),
    joined('.'),
    joined('/'),
    joined(' - '),
    joined('\u2013'),
    joined('\u2011'),
    joined('\u2212'),
    joined('\u00a0'),
    (ssn) => `SSN:${ssn}`,
    (ssn) => `ssn_${joined('-')(ssn)}`,
    (ssn) => `#${joined(' ')(ssn)}`,
    (ssn) => [...ssn].join('\u200d'),
    (ssn) => joined('-\u200b')(ssn),
    (ssn) => joined('\u00ad')(ssn),
    (ssn) => joined('-')(shifted(0xff10)(ssn)),
    shifted(0x0660),
    (ssn) => `${parts(ssn)[0]}-${parts(ssn)[1]}-\n${parts(ssn)[2]}`,
];
