'use strict';
/**
 * Makes a clone ready to run: Node new enough, dependencies installed, sources compiled. Node's built-ins alone.
 *
 * Gives   nothing; prints a line for each thing it does, and none where all is in place.
 * Fails   with process exit 2 and one line that says what to do.
 */
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '..');
const OLDEST_NODE = [20, 19, 0];
const SOURCES = ['src', 'migrations', 'demo', 'bench'];
const BUILD_STAMP = path.join(ROOT, 'dist', '.built-from');

function ensureReady({ build = true, say = (line) => process.stderr.write(`${line}\n`) } = {}) {
  checkNode();
  installWhereMissing(say);
  if (build) buildWhereChanged(say);
}

function checkNode() {
  const have = process.versions.node.split('.').map(Number);
  for (const [place, wanted] of OLDEST_NODE.entries()) {
    if (have[place] > wanted) return;
    if (have[place] < wanted) return giveUp(`Casegate needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}.`);
  }
}

function installWhereMissing(say) {
  if (isInstalled()) return;
  say('Installing the dependencies named in package-lock.json (once, about 30 s) ...');
  const started = Date.now();
  // Not `npm ci`: npm 11 refuses a lock file without the builds for platforms that the registry it was made with does not carry
  // (docs/decisions/0009). Versions and integrity come from the lock file all the same, `--no-save` leaves it alone, and what was
  // installed is compared with it below. No dependency of ours needs an install script, so none may run.
  runNpm(['install', '--no-save', '--ignore-scripts', '--include=dev', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']);
  if (!isInstalled()) giveUp('npm ended, but node_modules does not hold what package-lock.json names.');
  say(`Installed in ${seconds(started)}.`);
}

/** npm writes node_modules/.package-lock.json last: it tells what stands there. */
function isInstalled() {
  const wanted = readJson(path.join(ROOT, 'package-lock.json'))?.packages;
  if (wanted === undefined) return giveUp('package-lock.json cannot be read: this is not a whole copy of Casegate.');
  const present = readJson(path.join(ROOT, 'node_modules', '.package-lock.json'))?.packages;
  if (present === undefined) return false;
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === '') return true;
    const found = present[name];
    // Packages for another platform, and what is optional, may be missing.
    return found === undefined ? entry.optional === true || entry.devOptional === true : found.version === entry.version;
  });
}

function buildWhereChanged(say) {
  const digest = sourceDigest();
  if (readText(BUILD_STAMP) === digest) return;
  say('Compiling ...');
  const started = Date.now();
  // Types are checked by `npm test`; a clone that only wants to run is spared the time.
  const compiler = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const built = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--noCheck'], { cwd: ROOT, encoding: 'utf8' });
  if (built.status !== 0) giveUp(`The sources do not compile:\n${built.stdout}${built.stderr}`);
  fs.writeFileSync(BUILD_STAMP, digest);
  say(`Compiled in ${seconds(started)}.`);
}

function sourceDigest() {
  const hash = createHash('sha256');
  for (const name of ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'])
    hash.update(`${name}\0`).update(fs.readFileSync(path.join(ROOT, name)));
  for (const folder of SOURCES) {
    const at = path.join(ROOT, folder);
    if (!fs.existsSync(at)) continue;
    const files = fs.readdirSync(at, { recursive: true, withFileTypes: true });
    const names = files
      .filter((file) => file.isFile() && /\.(ts|json)$/.test(file.name))
      .map((file) => path.join(file.parentPath ?? file.path, file.name));
    for (const name of names.sort()) hash.update(`${path.relative(ROOT, name)}\0`).update(fs.readFileSync(name));
  }
  return hash.digest('hex');
}

/** Runs the npm that runs us, or the one on the path. */
function runNpm(args, cwd = ROOT) {
  const self = process.env.npm_execpath;
  const [command, first] = self !== undefined && /npm-cli\.js$/.test(self) ? [process.execPath, [self]] : ['npm', []];
  const done = spawnSync(command, [...first, ...args], {
    cwd,
    stdio: ['ignore', 2, 2],
    env: cleanEnvironment(),
    shell: process.platform === 'win32' && first.length === 0,
  });
  if (done.status !== 0)
    giveUp(`npm ${args[0]} failed${done.error === undefined ? '' : ` (${done.error.message})`}. Its words stand above.`);
}

/** `npm run` hands its own settings down as npm_*; some of them (a prefix, a location) would send the inner npm elsewhere. */
function cleanEnvironment() {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config_(prefix|local_prefix|global_prefix|location|global)|package_|lifecycle_)/i.test(name),
  );
  return Object.fromEntries(kept);
}

const readText = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined);
function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

function giveUp(words) {
  process.stderr.write(`${words}\n`);
  process.exit(2);
}

module.exports = { ensureReady, isInstalled, runNpm, sourceDigest };
if (require.main === module) ensureReady();
