/** Whether an If-Match line names this tag (RFC 9110, 13.1.1): strong comparison; `*` names no version, so it matches none here. */
export function isMatched(ifMatch: string, tag: string): boolean {
  return ifMatch.split(',').some((one) => one.trim() === tag);
}
