"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.preflightHeaders = exports.corsHeaders = void 0;
/** For an answer to a registered origin: it may be read there, with the headers that speak of the access. Never '*', never credentials. */
const corsHeaders = (origin) => [['Access-Control-Allow-Origin', origin], EXPOSED];
exports.corsHeaders = corsHeaders;
/** For the answer to a preflight: the same words for every route; the browser compares. */
const preflightHeaders = (origin) => [
    ['Access-Control-Allow-Origin', origin],
    ['Access-Control-Allow-Methods', 'GET, HEAD'],
    ['Access-Control-Allow-Headers', 'Authorization, Accept, Accept-Language, Content-Type'],
    ['Access-Control-Max-Age', '600'],
];
exports.preflightHeaders = preflightHeaders;
const EXPOSED = [
    'Access-Control-Expose-Headers',
    'Casegate-Access-Id, Casegate-View, Casegate-Withheld, Casegate-Page, Retry-After',
];
