"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.tokenFault = void 0;
const errors_1 = require("../vocabulary/errors");
/** The refusal of a token: always 401 token-invalid; the reason is for the access log. The message names no value of the token. */
const tokenFault = (reason, message) => new errors_1.GatewayError('token-invalid', message, { reason });
exports.tokenFault = tokenFault;
