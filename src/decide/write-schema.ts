import { z } from 'zod';

/** The form of a route that writes; the pieces it shares with other routes are handed in. */
export function writeSchema(shared: {
  readonly word: z.ZodType<string>;
  readonly pointer: z.ZodType<string>;
  readonly path: z.ZodType<string>;
  readonly sections: z.ZodType<'all' | string[]>;
}) {
  const common = {
    path: shared.path,
    record: shared.word.meta({
      description: 'The route that reads what is written here: it fetches the record before and after, and its rights shape the answer.',
    }),
    sections: shared.sections.meta({ description: 'The sections that may be written on this route; the policy says by whom.' }),
    concurrency: z
      .union([z.enum(['if-match', 'none']), z.strictObject({ versionField: shared.pointer })], {
        error: 'if-match, none, or {versionField: a place}',
      })
      .meta({
        description:
          'What the case system itself refuses: if-match, a wrong If-Match (try it: an ETag alone proves nothing); versionField, a wrong version in the body; none, nothing.',
      }),
    ifMatch: z.enum(['required', 'optional']).optional().meta({
      description: 'Whether the caller must send If-Match with the ETag that was read. Required unless said otherwise, but for POST.',
    }),
    dates: z.array(shared.word).min(1).optional().meta({
      description:
        'Facts that are dates: the policy is asked about those of the elements that are written, not about the stored ones (TO-02).',
    }),
    maxBodyBytes: z.int().min(64).max(1_048_576),
  };
  const patch = z.strictObject({
    method: z.literal('PATCH'),
    action: z.enum(['update', 'assign', 'approve']),
    ...common,
    patch: z.enum(['merge-patch', 'json-patch', 'members']).meta({
      description:
        'What the case system takes. merge-patch: RFC 7396. json-patch: RFC 6902. members: application/json with whole members of the record.',
    }),
  });
  const put = z.strictObject({ method: z.literal('PUT'), action: z.enum(['update', 'assign', 'approve']), ...common });
  const post = z.strictObject({
    method: z.literal('POST'),
    action: z.enum(['create', 'assign', 'approve']),
    ...common,
    into: shared.pointer.meta({ description: 'The list of the record to which the body is one more element.' }),
  });
  const remove = z.strictObject({ method: z.literal('DELETE'), action: z.literal('delete'), ...common });
  return [post, put, patch, remove] as const;
}

export type WriteForm = z.infer<ReturnType<typeof writeSchema>[number]>;
