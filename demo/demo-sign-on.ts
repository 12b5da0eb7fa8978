/** What a token is for: the record APIs, or the admin plane. The two are never in one token. */
export const DEMO_AUDIENCES = { data: 'https://casegate.demo.example/data', admin: 'https://casegate.demo.example/admin' } as const;
export type DemoAudience = keyof typeof DEMO_AUDIENCES;

/** The application that people sign in with. A public client: PKCE, and a loopback redirect (RFC 8252). */
export const DEMO_CLIENT = { id: 'casegate-demo-cli', redirectUri: 'http://127.0.0.1/signed-in' } as const;

/** Published, and worth nothing: the demo provider listens on loopback alone and its keys are new at every start. */
export const DEMO_SERVICE_SECRET = 'demo-only-and-no-secret';
