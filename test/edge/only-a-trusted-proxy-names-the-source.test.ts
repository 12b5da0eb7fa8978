import { compileTrustedProxies } from '../../src/edge/compile-trusted-proxies';
import { readSource } from '../../src/edge/read-source';
import { sendRaw } from '../support/raw-http';
import { get, plainAsk, stubGateway } from './stub-gateway';
import type { StubGateway } from './stub-gateway';

let gateway: StubGateway | undefined;
afterEach(() => gateway?.dataPlane.stop());

test.each([
  ['peer not trusted', '9.9.9.9', '1.2.3.4', { address: '9.9.9.9', forwardedFor: '1.2.3.4' }],
  ['one trusted proxy', '10.0.0.1', '1.2.3.4', { address: '1.2.3.4', forwardedFor: '1.2.3.4' }],
  ['the caller put one in front', '10.0.0.1', '127.0.0.1, 1.2.3.4', { address: '1.2.3.4', forwardedFor: '127.0.0.1, 1.2.3.4' }],
  ['two trusted proxies', '10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', { address: '1.2.3.4', forwardedFor: '6.6.6.6, 1.2.3.4, 10.0.0.2' }],
  ['no address: nobody believed beyond', '10.0.0.1', '1.2.3.4, unknown', { address: '10.0.0.1', forwardedFor: '1.2.3.4' }],
  ['text is not kept', '10.0.0.1', '219-09-9987, <script>', { address: '10.0.0.1' }],
  ['IPv4 written as IPv6', '10.0.0.1', '::ffff:1.2.3.4', { address: '1.2.3.4', forwardedFor: '1.2.3.4' }],
  ['IPv6', 'fd00::1', '2001:db8::7', { address: '2001:db8::7', forwardedFor: '2001:db8::7' }],
  ['only trusted ones', '10.0.0.1', '10.0.0.9, 10.0.0.2', { address: '10.0.0.9', forwardedFor: '10.0.0.9, 10.0.0.2' }],
  [
    'more hops than anybody has: the nearest one counts',
    '10.0.0.1',
    [...Array.from({ length: 70 }, () => '1.1.1.1'), '9.9.9.9'].join(),
    {
      address: '9.9.9.9',
      forwardedFor: [...Array.from({ length: 7 }, () => '1.1.1.1'), '9.9.9.9'].join(', '),
    },
  ],
])('HDR-04 %s', (_case, peer, claimed, source) => {
  expect(readSource(peer, claimed, compileTrustedProxies(['10.0.0.0/8', 'fd00::/8']))).toEqual(source);
});

test('HDR-04 a caller cannot choose its address; the claim is kept beside the socket address', async () => {
  gateway = await stubGateway();
  await sendRaw(
    gateway.port,
    get(
      '/wf1/records/C1',
      'X-Forwarded-For: 198.51.100.7',
      'X-Forwarded-For: 127.0.0.9',
      'Forwarded: for=127.0.0.1',
      'X-Real-IP: 127.0.0.1',
      'CF-Connecting-IP: 127.0.0.1',
    ),
  );
  expect(gateway.seen.asks).toEqual([plainAsk({ source: { address: '127.0.0.1', forwardedFor: '198.51.100.7, 127.0.0.9' } })]);
});

test('HDR-04 behind a configured proxy the caller is who the proxy says', async () => {
  gateway = await stubGateway({ trustedProxies: ['127.0.0.0/8'] });
  await sendRaw(gateway.port, get('/wf1/records/C1', 'X-Forwarded-For: 6.6.6.6, 198.51.100.7'));
  expect(gateway.seen.asks).toEqual([plainAsk({ source: { address: '198.51.100.7', forwardedFor: '6.6.6.6, 198.51.100.7' } })]);
});

test('HDR-05 a network that cannot be meant refuses the start, and each one is named', () => {
  expect(() =>
    compileTrustedProxies([
      '10.0.0.0/8',
      '::ffff:10.0.0.0/8',
      '::ffff:a00:1',
      '0.0.0.0/0',
      '10.0.0.0/33',
      'fd00::/129',
      'loopback',
      '10.0.0/8',
      '',
    ]),
  ).toThrow(
    new Error(
      'trusted proxies: "::ffff:10.0.0.0/8" is an IPv4 network written as IPv6; write it as IPv4; ' +
        '"::ffff:a00:1" is an IPv4 network written as IPv6; write it as IPv4; "0.0.0.0/0" needs a prefix from 1 to 32; ' +
        '"10.0.0.0/33" needs a prefix from 1 to 32; "fd00::/129" needs a prefix from 1 to 128; ' +
        '"loopback" is no network; "10.0.0/8" is no network; "" is no network',
    ),
  );
});

test('a trusted network holds for its addresses alone', () => {
  const isTrusted = compileTrustedProxies(['10.1.0.0/16', '192.0.2.1', 'fd00::/8']);
  expect(['10.1.255.255', '10.2.0.0', '192.0.2.1', '192.0.2.2', 'fd12::1', 'fe80::1', '', 'text'].map(isTrusted)).toEqual([
    true,
    false,
    true,
    false,
    true,
    false,
    false,
    false,
  ]);
});
