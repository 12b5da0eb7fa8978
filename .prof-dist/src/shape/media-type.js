"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readMediaType = readMediaType;
exports.isDeclaredMediaType = isDeclaredMediaType;
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const QUOTED = /"((?:[\t \x21\x23-\x5b\x5d-\x7e]|\\[\t \x21-\x7e])*)"/y;
const SPACE = /[ \t]*/y;
/** Reads a Content-Type value (RFC 9110, 8.3.1); `null` for anything that is not exactly one media type. */
function readMediaType(value) {
    let at = 0;
    const take = (pattern) => {
        pattern.lastIndex = at;
        const found = pattern.exec(value);
        if (found === null)
            return null;
        at += found[0].length;
        return found[1] ?? found[0];
    };
    const type = take(TOKEN);
    if (type === null || value[at++] !== '/')
        return null;
    const subtype = take(TOKEN);
    if (subtype === null)
        return null;
    const parameters = [];
    for (;;) {
        take(SPACE);
        if (at === value.length)
            return { essence: `${type}/${subtype}`.toLowerCase(), parameters };
        if (value[at++] !== ';')
            return null;
        take(SPACE);
        if (at === value.length || value[at] === ';')
            continue;
        const name = take(TOKEN);
        if (name === null || value[at++] !== '=')
            return null;
        const text = value[at] === '"' ? take(QUOTED) : take(TOKEN);
        if (text === null)
            return null;
        parameters.push([name.toLowerCase(), text.replace(/\\(.)/g, '$1')]);
    }
}
/** Whether a body under this Content-Type is one of the declared types, in UTF-8, and says nothing more about itself. */
function isDeclaredMediaType(value, declared) {
    if (declared.includes(value))
        return true;
    const media = readMediaType(value);
    if (media === null || media.parameters.length > 1 || !declared.includes(media.essence))
        return false;
    return media.parameters.every(([name, text]) => name === 'charset' && text.toLowerCase() === 'utf-8');
}
