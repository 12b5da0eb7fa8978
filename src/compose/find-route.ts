import type { Environment } from '../vocabulary/access';
import type { CaseSystem, Route } from '../vocabulary/case-system';

export type FoundRoute =
  | {
      readonly kind: 'route';
      readonly caseSystem: CaseSystem;
      readonly route: Route;
      readonly recordId: string;
      readonly environment: Environment;
    }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'method'; readonly allow: readonly string[] };

/** Matches canonical segments against the routes of a system: exact, case-sensitive, on ids and not on text (C12, C13). */
export function findRoute(caseSystem: CaseSystem, environment: Environment, method: string, segments: readonly string[]): FoundRoute {
  let allow: string[] | null = null;
  for (const route of caseSystem.routes) {
    if (!isOnPath(route, segments)) continue;
    if (route.method === method)
      return { kind: 'route', caseSystem, route, recordId: segments[route.segments.indexOf(null)] ?? '', environment };
    (allow ??= []).push(...(route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
  }
  return allow === null ? { kind: 'unknown' } : { kind: 'method', allow: [...new Set(allow)] };
}

function isOnPath({ segments: wanted }: Route, segments: readonly string[]): boolean {
  if (wanted.length !== segments.length) return false;
  for (let at = 0; at < wanted.length; at += 1) if (wanted[at] !== null && wanted[at] !== segments[at]) return false;
  return true;
}
