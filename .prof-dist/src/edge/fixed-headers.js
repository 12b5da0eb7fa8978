"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.fixedHeaders = fixedHeaders;
const helmet_1 = __importDefault(require("helmet"));
/**
 * The headers that every answer carries, whatever it is. helmet is the source of the values: it runs once, at start, against a response that
 * only remembers. They are the same for each answer, so running it again for each one would buy nothing.
 */
function fixedHeaders() {
    const headers = new Map();
    const response = {
        setHeader: (name, value) => headers.set(name, value),
        removeHeader: (name) => headers.delete(name),
    };
    apiHelmet({}, response, (fault) => {
        if (fault !== undefined)
            throw fault;
    });
    // helmet does not set it, and a record in a shared cache is a record disclosed without an entry (PTH-31).
    headers.set('Cache-Control', 'no-store');
    headers.set('Vary', 'Origin');
    return [...headers];
}
const apiHelmet = (0, helmet_1.default)({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    xFrameOptions: { action: 'deny' },
});
