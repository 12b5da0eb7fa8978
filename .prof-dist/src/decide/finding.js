"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.finding = finding;
function finding(rule, at, message, nearest) {
    const { file, line, column, word } = at;
    return nearest === undefined ? { rule, file, line, column, word, message } : { rule, file, line, column, word, message, nearest };
}
