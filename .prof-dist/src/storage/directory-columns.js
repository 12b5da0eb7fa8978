"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.wholeNullable = exports.whole = exports.json = exports.word = exports.identity = exports.fromJson = exports.flagOrNull = exports.accountKind = exports.standingWord = exports.environmentWord = exports.oneOf = exports.words = exports.wholeOrNull = exports.wholeNumber = void 0;
/**
 * How the rows of directory and registry stand in columns. On MariaDB a bigint comes back as text, on SQLite as a number;
 * JSON stands as text; a word outside its list is a fault and never a default.
 */
const wholeNumber = (value) => {
    const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number))
        throw new Error('a whole number of the store cannot be read');
    return number;
};
exports.wholeNumber = wholeNumber;
const wholeOrNull = (value) => (value === null || value === undefined ? null : (0, exports.wholeNumber)(value));
exports.wholeOrNull = wholeOrNull;
const words = (value) => {
    if (typeof value !== 'string')
        throw new Error('a text of the store cannot be read');
    return value;
};
exports.words = words;
const oneOf = (...allowed) => (value) => {
    const word = allowed.find((one) => one === value);
    if (word === undefined)
        throw new Error(`the store holds a word that is none of ${allowed.join(', ')}`);
    return word;
};
exports.oneOf = oneOf;
exports.environmentWord = (0, exports.oneOf)('production', 'training');
exports.standingWord = (0, exports.oneOf)('pending', 'active', 'suspended', 'terminated');
exports.accountKind = (0, exports.oneOf)('person', 'service');
/** TypeORM makes a boolean of it before a transformer sees it; raw rows hold 0 or 1. */
const flagOrNull = (value) => {
    if (typeof value === 'boolean')
        return value;
    const number = (0, exports.wholeOrNull)(value);
    if (number !== null && number !== 0 && number !== 1)
        throw new Error('a flag of the store cannot be read');
    return number === null ? null : number === 1;
};
exports.flagOrNull = flagOrNull;
const fromJson = (value) => JSON.parse((0, exports.words)(value));
exports.fromJson = fromJson;
const through = (from, to = (value) => value) => ({ from, to });
const identity = (name, length, more = {}) => ({
    name,
    type: 'varchar',
    length,
    ...more,
});
exports.identity = identity;
const word = (name, length, read, more = {}) => (0, exports.identity)(name, length, { transformer: through(read), ...more });
exports.word = word;
const json = (name) => ({
    name,
    type: 'text',
    transformer: through((value) => (0, exports.fromJson)(value), (value) => JSON.stringify(value)),
});
exports.json = json;
const whole = (name, more = {}) => ({
    name,
    type: 'bigint',
    transformer: through(exports.wholeNumber),
    ...more,
});
exports.whole = whole;
const wholeNullable = (name) => (0, exports.whole)(name, { nullable: true, transformer: through(exports.wholeOrNull) });
exports.wholeNullable = wholeNullable;
