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
  const onPath = caseSystem.routes.filter(
    (route) =>
      route.segments.length === segments.length && route.segments.every((segment, i) => segment === null || segment === segments[i]),
  );
  if (onPath.length === 0) return { kind: 'unknown' };
  const route = onPath.find((one) => one.method === method);
  if (route === undefined) return { kind: 'method', allow: [...new Set(onPath.flatMap((one) => [one.method, 'HEAD']))] };
  return { kind: 'route', caseSystem, route, recordId: segments[route.segments.indexOf(null)] ?? '', environment };
}
