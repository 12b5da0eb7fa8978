"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.DEMO_SERVICE_SECRET = exports.DEMO_CLIENT = exports.DEMO_AUDIENCES = void 0;
/** What a token is for: the record APIs, or the admin plane. The two are never in one token. */
exports.DEMO_AUDIENCES = { data: 'https://casegate.demo.example/data', admin: 'https://casegate.demo.example/admin' };
/** The application that people sign in with. A public client: PKCE, and a loopback redirect (RFC 8252). */
exports.DEMO_CLIENT = { id: 'casegate-demo-cli', redirectUri: 'http://127.0.0.1/signed-in' };
/** Published, and worth nothing: the demo provider listens on loopback alone and its keys are new at every start. */
exports.DEMO_SERVICE_SECRET = 'demo-only-and-no-secret';
