"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.recordKey = void 0;
exports.readRecordKey = readRecordKey;
/** `<system>/<environment>/<record id>`: none of the three can hold a slash. */
const recordKey = ({ system, environment, recordId }) => `${system}/${environment}/${recordId}`;
exports.recordKey = recordKey;
/** The record that a key names; undefined for any other text. */
function readRecordKey(key) {
    const [system, environment, recordId, ...rest] = key.split('/');
    if (system === undefined || recordId === undefined || rest.length > 0)
        return undefined;
    return environment === 'production' || environment === 'training' ? { system, environment, recordId } : undefined;
}
