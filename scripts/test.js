'use strict';
/**
 * The whole suite: npm test [-- --node-only --no-lint --no-build PATH...]
 *
 *   1. installs and compiles what is missing
 *   2. starts one private MariaDB and one private Redis (temporary folder, free ports, loopback)
 *   3. prettier, eslint, tsc, dependency-cruiser          (not with --no-lint)
 *   4. jest on this Node, then on the other one we support (not with --node-only)
 *
 * Exit 0 all passed, 1 something failed, 2 could not run.
 */
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ensureReady, runNpm } = require('./ensure-ready.js');
const { startServers, installTools } = require('./test-servers.js');

const ROOT = path.resolve(__dirname, '..');
const OTHER_NODE = { 20: '24.21.0', 22: '24.21.0', 24: '20.20.2' };

async function runSuite(words) {
  const options = {
    nodeOnly: words.includes('--node-only'),
    noLint: words.includes('--no-lint'),
    noBuild: words.includes('--no-build'),
    paths: words.filter((word) => !/^--(node-only|no-lint|no-build)$/.test(word)),
  };
  ensureReady(options.noBuild ? { build: false } : undefined);
  installTools();
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'casegate-test-'));
  // Database servers and some tests run as other users than root: they must get through to their own folders in it.
  fs.chmodSync(work, 0o755);
  const servers = await startServers(work);
  process.once('exit', () => clear(servers, work));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));

  const failedChecks = options.noLint ? [] : await runChecks();
  const runs = [await runJest(process.execPath, servers.environment, options.paths, work)];
  if (!options.nodeOnly) runs.push(await runJest(otherNode(), servers.environment, options.paths, work));
  servers.stop();
  await servers.ended();
  return report(failedChecks, runs);
}

function clear(servers, work) {
  servers.stop();
  fs.rmSync(work, { recursive: true, force: true, maxRetries: 3 });
}

/** Two at a time: they share the cores with nobody. */
async function runChecks() {
  const tool = (file, ...args) => [process.execPath, [path.join(ROOT, 'node_modules', file), ...args]];
  const checks = [
    ['prettier', ...tool('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.')],
    ['eslint', ...tool('eslint/bin/eslint.js', '--max-warnings=0', '.')],
    ['tsc', ...tool('typescript/bin/tsc', '--noEmit', '-p', '.')],
    ['import rules', process.execPath, [path.join(__dirname, 'check-imports.js')]],
  ];
  const failed = [];
  const next = async () => {
    for (let check = checks.shift(); check !== undefined; check = checks.shift()) {
      const [name, command, args] = check;
      const started = Date.now();
      const { code, text } = await capture(command, args);
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
      if (code !== 0) {
        failed.push(name);
        console.log(text);
      }
    }
  };
  await Promise.all([next(), next()]);
  return failed;
}

async function runJest(node, environment, paths, work) {
  const results = path.join(work, `results-${Date.now()}.json`);
  const version = await capture(node, ['--version']);
  console.log(`\n== jest on Node ${version.text.trim()} ==`);
  const args = [path.join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), `--maxWorkers=${Math.max(1, Math.min(4, os.cpus().length))}`];
  // What tests leave behind goes with the folder; what jest remembers between runs does not.
  const temporary = path.join(work, 't');
  fs.mkdirSync(temporary, { recursive: true });
  // As /tmp itself: a database server puts its own temporary files there.
  fs.chmodSync(temporary, 0o1777);
  args.push(`--cacheDirectory=${path.join(os.tmpdir(), 'casegate-jest')}`);
  const env = {
    ...process.env,
    ...environment,
    TMPDIR: temporary,
    PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`,
  };
  const code = await new Promise((resolve, reject) => {
    const child = spawn(node, [...args, '--json', `--outputFile=${results}`, ...paths], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    process.once('exit', () => child.kill());
    child.once('error', reject);
    child.once('exit', (status) => resolve(status ?? 2));
  });
  if (!fs.existsSync(results)) return { code, passed: 0, failed: 1, skipped: 0 };
  const said = JSON.parse(fs.readFileSync(results, 'utf8'));
  // A file that could not even be loaded has no tests to count, yet it failed.
  const failed = said.numFailedTests + said.numRuntimeErrorTestSuites;
  return { code, version: version.text.trim(), passed: said.numPassedTests, failed, skipped: said.numPendingTests + said.numTodoTests };
}

/** A Node of the other supported line, kept in the user's cache folder, outside the tree. */
function otherNode() {
  const version = OTHER_NODE[process.versions.node.split('.')[0]] ?? '24.21.0';
  // Root's own folder is closed to the other users that tests run as.
  const cache = process.env.XDG_CACHE_HOME ?? (process.getuid?.() === 0 ? '/var/cache' : path.join(os.homedir(), '.cache'));
  const folder = path.join(cache, 'casegate', `node-${version}`);
  // The npm package `node` fetches this one with an install script, which npm 12 blocks: so it is asked for by its own name.
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const binary = path.join(folder, 'node_modules', name, 'bin', 'node');
  if (!fs.existsSync(binary)) {
    console.log(`Fetching Node ${version} (once, about 10 s) ...`);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'package.json'), '{"private":true}\n');
    runNpm(
      ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', `${name}@${version}`],
      folder,
    );
  }
  return binary;
}

function capture(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (part) => (text += part));
    child.stderr.on('data', (part) => (text += part));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 2, text }));
  });
}

/** One plain line for each run and one for all; a failed check counts as one failure. */
function report(failedChecks, runs) {
  const total = { passed: 0, failed: failedChecks.length, skipped: 0 };
  console.log('');
  if (failedChecks.length > 0) console.log(`Checks that failed: ${failedChecks.join(', ')}`);
  for (const run of runs) {
    console.log(`Node ${run.version ?? '?'} -> ${run.passed} passed, ${run.failed} failed, ${run.skipped} skipped`);
    total.passed += run.passed;
    total.failed += run.failed;
    total.skipped += run.skipped;
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed > 0 || runs.some((run) => run.code !== 0) ? 1 : 0;
}

runSuite(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (fault) => {
    console.error(fault instanceof Error ? fault.message : fault);
    process.exit(2);
  },
);
