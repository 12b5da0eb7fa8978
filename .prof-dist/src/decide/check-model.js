"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.checkModel = checkModel;
const read_text_1 = require("../reading/read-text");
const finding_1 = require("./finding");
const model_text_1 = require("./model-text");
/**
 * model.conf is read by people, not changed by them: another model could turn silence into access (C07, C18, C24).
 * Gives nothing where the file says what the shipped one says (comments and line ends aside), else the first line that differs.
 */
function checkModel(bytes, file) {
    const { text, problems } = (0, read_text_1.readText)(bytes, file);
    if (problems.length > 0)
        return problems.map((problem) => (0, finding_1.finding)('unreadable', problem, problem.message));
    const wanted = meaningful(model_text_1.MODEL_TEXT);
    const found = meaningful(text);
    for (let i = 0; i < Math.max(wanted.length, found.length); i++) {
        const [want, have] = [wanted[i], found[i]];
        if (want?.text === have?.text)
            continue;
        const place = { file, line: have?.line ?? text.split('\n').length, column: 1, word: have?.text ?? '' };
        return [(0, finding_1.finding)('model', place, 'this is not the model of this release; put the shipped model.conf back', want?.text)];
    }
    return [];
}
const meaningful = (text) => text
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ text: line.trim(), line: i + 1 }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'));
