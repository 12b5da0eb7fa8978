"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.shapeNothing = shapeNothing;
const shaped_reply_1 = require("./shaped-reply");
const NOTHING = Buffer.alloc(0);
/** An answer without a body: 204 for a CORS preflight. It carries nothing of any record. */
function shapeNothing(accessId) {
    const headers = [
        ['casegate-access-id', accessId],
        ['cache-control', 'no-store'],
    ];
    return (0, shaped_reply_1.sealReply)({ accessId, status: 204, headers, body: NOTHING, unclassifiedFields: 0 });
}
