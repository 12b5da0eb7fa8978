import { startTestGateway } from '../support/gateway';
test('probe', async () => {
  const g = await startTestGateway({ store: 'sqlite' });
  try {
    const r = await g.get('/workforce-one/records/P1', 'counselor');
    console.log(JSON.stringify(r.json, null, 1), JSON.stringify(r.headers, null, 1));
    console.log(JSON.stringify(await g.entryOf(r), null, 1));
    const b = await g.get('/workforce-one/records/P1', 'other-counselor');
    console.log(b.text, JSON.stringify(b.headers), JSON.stringify(await g.entryOf(b), null, 1));
    const d = await g.get('/workforce-one/records/P1', 'departed-counselor');
    console.log(d.text, JSON.stringify(d.headers), JSON.stringify(await g.entryOf(d), null, 1));
    const rd = await g.admin('GET', '/api/v1/readiness', 'auditor');
    console.log(rd.text, JSON.stringify(await g.entryOf(rd)));
    console.log(JSON.stringify((await g.entries({all:true})).filter(e=>e.kind==='system'||e.kind==='delivery')));
    console.log((await g.admin('GET', '/metrics', 'auditor')).text);
  } finally { await g.stop(); }
});
