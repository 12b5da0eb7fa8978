/** Algorithms that may sign access tokens: asymmetric ones alone, or a public key would serve as a shared secret (TOK-02). */
export const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** An issuer whose access tokens are taken. */
export interface IssuerSettings {
  /** Exactly as it stands in `iss`. */
  readonly issuer: string;
  /** https, or http on loopback. */
  readonly jwksUri: string;
  /** What `aud` must name. */
  readonly audience: string;
  readonly algorithms?: readonly Algorithm[];
  /** RFC 9068 says 'at+jwt'. Another one needs `isAudienceForGatewayOnly` (TOK-08). */
  readonly typ?: string;
  /** The claim that is the person's subject in the directory; another one than 'sub' needs `isAudienceForGatewayOnly`. */
  readonly idClaim?: string;
  readonly clientClaim?: 'client_id' | 'azp';
  /** From iat to exp; more than 3600 needs `isAudienceForGatewayOnly`. */
  readonly maxLifetimeSeconds?: number;
  /** 0 to 30. */
  readonly clockToleranceSeconds?: number;
  /** Clients whose tokens may name other audiences besides ours (TOK-07). */
  readonly allowedClients?: readonly string[];
  /** The operator's word that no other API uses the audience. */
  readonly isAudienceForGatewayOnly?: boolean;
}

/** The same with everything filled in. */
export interface Issuer {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly audience: string;
  readonly algorithms: readonly Algorithm[];
  /** Lower case, without 'application/'. */
  readonly typ: string;
  readonly idClaim: string;
  readonly clientClaim: 'client_id' | 'azp';
  /** Strict is RFC 9068 to the letter; else the client claim is demanded at once. */
  readonly isStrict: boolean;
  readonly maxLifetimeSeconds: number;
  readonly clockToleranceSeconds: number;
  readonly allowedClients: readonly string[];
}

const LONGEST_LIFETIME_SECONDS = 3600;
const MOST_TOLERANCE_SECONDS = 30;

/** Fills in the defaults. Fails with one plain Error that lists everything wrong. */
export function checkIssuers(all: readonly IssuerSettings[]): readonly Issuer[] {
  const problems: string[] = [];
  if (all.length === 0) problems.push('no issuer is configured');
  const issuers = all.map(withDefaults);
  issuers.forEach((issuer, index) => {
    const say = (what: string): unknown => problems.push(`issuer ${JSON.stringify(issuer.issuer)}: ${what}`);
    if (issuer.issuer === '') say('issuer must not be empty');
    if (issuer.audience === '') say('audience must not be empty');
    if (issuers.findIndex((other) => other.issuer === issuer.issuer) !== index) say('stands twice');
    if (!isKeyAddress(issuer.jwksUri)) say('jwksUri must be https, or http on loopback, without user info');
    if (issuer.algorithms.length === 0 || !issuer.algorithms.every((name) => ALGORITHMS.includes(name)))
      say(`algorithms must be among ${ALGORITHMS.join(', ')}`);
    if (!isWithin(issuer.clockToleranceSeconds, 0, MOST_TOLERANCE_SECONDS))
      say(`clockToleranceSeconds must be 0 to ${MOST_TOLERANCE_SECONDS}`);
    if (!isWithin(issuer.maxLifetimeSeconds, 1, 86_400)) say('maxLifetimeSeconds must be 1 to 86400');
    if (!/^[a-z0-9.+-]+$/.test(issuer.typ)) say('typ must be a media type without "application/"');
    if (!/^[A-Za-z0-9_.:/-]{1,100}$/.test(issuer.idClaim)) say('idClaim must be a plain claim name');
    if (!issuer.isStrict && all[index]?.isAudienceForGatewayOnly !== true) {
      say('another typ, idClaim or a longer lifetime needs isAudienceForGatewayOnly: true, an audience used for nothing else');
    }
  });
  if (problems.length > 0) throw new Error(`Issuers cannot be used:\n${problems.map((line) => `  ${line}`).join('\n')}`);
  return issuers;
}

/** A `typ` as it is compared (RFC 7515, 4.1.9): case does not matter, 'application/' may be left out. */
export const plainTyp = (typ: string): string => typ.toLowerCase().replace(/^application\//, '');

function withDefaults(settings: IssuerSettings): Issuer {
  const typ = plainTyp(settings.typ ?? 'at+jwt');
  const idClaim = settings.idClaim ?? 'sub';
  const maxLifetimeSeconds = settings.maxLifetimeSeconds ?? LONGEST_LIFETIME_SECONDS;
  return {
    issuer: settings.issuer,
    jwksUri: settings.jwksUri,
    audience: settings.audience,
    algorithms: settings.algorithms ?? ALGORITHMS,
    typ,
    idClaim,
    clientClaim: settings.clientClaim ?? 'client_id',
    isStrict: typ === 'at+jwt' && idClaim === 'sub' && maxLifetimeSeconds <= LONGEST_LIFETIME_SECONDS,
    maxLifetimeSeconds,
    clockToleranceSeconds: settings.clockToleranceSeconds ?? MOST_TOLERANCE_SECONDS,
    allowedClients: settings.allowedClients ?? [],
  };
}

const isWithin = (value: number, least: number, most: number): boolean => Number.isInteger(value) && value >= least && value <= most;

function isKeyAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  return url.username === '' && url.password === '' && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback));
}
