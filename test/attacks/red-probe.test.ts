import { startHostileCaseSystem, recordWith, T1_PATH } from '../support/hostile-case-system';
import { trackOneRecord } from '../support/agency';
import { rawReply } from '../support/raw-upstream';
test('probe', async () => {
  const h = await startHostileCaseSystem();
  const out: unknown[] = [];
  const show = async (s: any) => out.push(s.statusLine, s.headers, s.text, await h.entryOf(s), await h.leaks(s));
  await show(await h.readPlanted(recordWith('"ssn":"219-09-9987"')));
  await show(await h.readPlanted(recordWith('"ssn":"219-09-9987"', true), 'other-counselor'));
  await show(await h.readPlanted(recordWith('"ssn":"219-09-9987","ssn":1', true), 'other-counselor'));
  await show(await h.read('nobody', 'other-counselor'));
  h.plant(rawReply(JSON.stringify(trackOneRecord('T1-200041'))), 'T1-200041');
  await show(await h.read('T1-200041', 'counselor', { path: T1_PATH }));
  await show(await h.read('T1-7', 'counselor', { path: T1_PATH }));
  out.push(h.gateway.lines());
  console.log(JSON.stringify(out, null, 1));
  await h.stop();
});
