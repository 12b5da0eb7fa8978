"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.wordsOf = void 0;
/** The words of a row as casbin holds them, in the order of model.conf. */
const wordsOf = (row) => [
    row.workgroup,
    row.relation,
    row.privacy,
    row.when.length === 0 ? 'always' : row.when.join(' & '),
    row.section,
    row.action,
    row.effect,
];
exports.wordsOf = wordsOf;
