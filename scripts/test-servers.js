'use strict';
/**
 * A private MariaDB and a private Redis for the suite: temporary folder, free loopback ports, nothing shared with servers that
 * run on this machine. Where a program is missing and we are root on Debian, its package is installed; otherwise the tests that
 * need it are skipped with words (in CI: the run ends with exit 2).
 */
const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');

const PROGRAMS = [
  { program: 'mariadbd', package: 'mariadb-server', needed: true },
  { program: 'mariadb-install-db', package: 'mariadb-server', needed: true },
  { program: 'redis-server', package: 'redis-server', needed: true },
  { program: 'strace', package: 'strace', needed: false },
  { program: 'faketime', package: 'faketime', needed: false },
];

function installTools() {
  const missing = PROGRAMS.filter((entry) => find(entry.program) === undefined);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((entry) => entry.package))];
  if (find('apt-get') !== undefined && process.getuid?.() === 0) {
    console.log(`Installing Debian's ${packages.join(', ')} ...`);
    // RUNLEVEL=1 keeps the packages from starting their services: the suite starts its own.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    const apt = (...args) => spawnSync('apt-get', ['-qq', '-o', 'Dpkg::Use-Pty=0', ...args], { env, encoding: 'utf8' });
    apt('update');
    const done = apt('install', '-y', '--no-install-recommends', ...packages);
    if (done.status !== 0) console.log(`apt-get failed:\n${done.stderr}`);
  }
  const still = missing.filter((entry) => find(entry.program) === undefined);
  for (const entry of still) console.log(`${entry.program} is not here (Debian package ${entry.package}): tests that need it are skipped.`);
  if (process.env.CI && still.some((entry) => entry.needed)) {
    throw new Error(
      `CI proves both stores: install ${[...new Set(still.filter((entry) => entry.needed).map((entry) => entry.package))].join(' and ')}.`,
    );
  }
}

/** Gives the environment for jest, and `stop`, which ends by its process id each server that was started. */
async function startServers(work) {
  const started = [];
  const environment = {};
  // A value from outside would let the tests write into a server that is not ours.
  delete process.env.CASEGATE_TEST_MARIADB;
  delete process.env.CASEGATE_TEST_REDIS;
  const stop = () => {
    for (const child of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  };
  const ended = () =>
    Promise.all(started.map((child) => child.exitCode ?? child.signalCode ?? new Promise((resolve) => child.once('exit', resolve))));
  try {
    if (find('mariadbd') !== undefined) environment.CASEGATE_TEST_MARIADB = await startMariadb(path.join(work, 'mariadb'), started);
    if (find('redis-server') !== undefined) environment.CASEGATE_TEST_REDIS = await startRedis(path.join(work, 'redis'), started);
  } catch (fault) {
    stop();
    throw fault;
  }
  return { environment, stop, ended };
}

async function startMariadb(folder, started) {
  fs.mkdirSync(folder, { recursive: true });
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  const data = path.join(folder, 'data');
  const made = spawnSync(
    find('mariadb-install-db'),
    ['--no-defaults', ...asRoot, `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    {
      encoding: 'utf8',
    },
  );
  if (made.status !== 0) throw new Error(`mariadb-install-db failed:\n${made.stdout}${made.stderr}`);
  const port = await freePort();
  const said = path.join(folder, 'mariadbd.log');
  const args = [
    '--no-defaults',
    ...asRoot,
    `--datadir=${data}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    `--socket=${path.join(folder, 's')}`,
  ];
  args.push(
    `--pid-file=${path.join(folder, 'pid')}`,
    `--log-error=${said}`,
    '--skip-name-resolve',
    '--skip-log-bin',
    '--max-connections=400',
  );
  // Durable as in production; small otherwise.
  args.push(
    '--innodb-flush-log-at-trx-commit=1',
    '--innodb-buffer-pool-size=64M',
    '--innodb-log-file-size=32M',
    '--performance-schema=OFF',
  );
  args.push('--character-set-server=utf8mb4', '--max-allowed-packet=32M');
  const child = spawn(find('mariadbd'), args, { stdio: 'ignore' });
  started.push(child);
  await answering(child, port, 'mariadbd', () => (fs.existsSync(said) ? fs.readFileSync(said, 'utf8') : ''));
  return `mysql://root@127.0.0.1:${port}`;
}

async function startRedis(folder, started) {
  fs.mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const child = spawn(
    find('redis-server'),
    ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', folder],
    { stdio: 'ignore' },
  );
  started.push(child);
  await answering(child, port, 'redis-server', () => '');
  return `redis://127.0.0.1:${port}`;
}

async function answering(child, port, name, log) {
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${name} did not start:\n${log()}`);
    if (await isListening(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${name} did not answer within 30 s:\n${log()}`);
}

function isListening(port) {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Below 32768, where the kernel hands out ports for outgoing connections and could take ours. */
async function freePort() {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const isFree = await new Promise((resolve) => {
      const probe = net.createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
  throw new Error('no free port between 20000 and 32000');
}

function find(program) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  return folders.map((folder) => path.join(folder, program)).find((file) => fs.existsSync(file));
}

module.exports = { installTools, startServers };
