import { EACH, type StreamRoute } from '../vocabulary/case-system';
import type { ListContext } from './compile-list';
import { LIST_KEYS } from './compile-list';

/** Keys of a route that only a stream has. */
export const STREAM_KEYS = ['formats', 'delimiter', 'maxRecordBytes', 'mostRecords', 'basicViews'] as const;

type StreamParts = Pick<StreamRoute, 'listPlace' | 'formats' | 'delimiter' | 'maxRecordBytes' | 'mostRecords' | 'basicViews'>;

/** Compiles what a route has because it is a stream; whatever does not fit is noted. Fails never. */
export function compileStream({ form, place, note }: ListContext): StreamParts {
  const listPlace = form.listAt === undefined ? [] : place(form.listAt, ['listAt']);
  if (listPlace.includes(EACH)) note('route', ['listAt'], form.listAt ?? '', 'there is one list: no * here');
  for (const key of LIST_KEYS)
    if (key !== 'listAt' && form[key] !== undefined) note('route', [key], key, `${key} stands on a list alone`, undefined, 'key');
  if (form.action !== 'export') note('route', ['action'], form.action, 'a stream is an export: its action is export');
  const { formats = [], delimiter = ',', maxRecordBytes = 0, mostRecords = {}, basicViews = [] } = form;
  for (const key of ['formats', 'maxRecordBytes', 'mostRecords'] as const)
    if (form[key] === undefined) note('route', [key], '', `a stream needs ${key}`, undefined, 'key');
  if (new Set(formats).size !== formats.length) note('duplicate', ['formats'], formats.join(', '), 'a format stands twice');
  for (const workgroup of basicViews)
    if (mostRecords[workgroup] === undefined)
      note('route', ['basicViews'], workgroup, 'this workgroup exports nothing: it is missing from mostRecords');
  const [first = 'json', ...others] = formats;
  return { listPlace, formats: [first, ...others], delimiter, maxRecordBytes, mostRecords, basicViews };
}
