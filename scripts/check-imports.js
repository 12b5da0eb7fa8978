'use strict';
/**
 * Checks the import picture (.dependency-cruiser.cjs) and that it was looked at: dependency-cruiser passes green on no modules
 * at all where it cannot read TypeScript. So every source file on the disk must be among the modules it saw.
 *
 * node scripts/check-imports.js [FOLDER]     FOLDER holds src/ (default: this tree). Exit 0 or 1.
 */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const HOUSE = path.resolve(__dirname, '..');
const LEAST_MODULES = 60;

function checkImports(root) {
  const folders = ['src', 'migrations', 'demo', 'bench'].filter((name) => fs.existsSync(path.join(root, name)));
  const tool = path.join(HOUSE, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const args = [tool, ...folders, '--config', path.join(HOUSE, '.dependency-cruiser.cjs'), '--output-type', 'json'];
  const ran = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (!ran.stdout.startsWith('{')) return [`dependency-cruiser did not run: ${ran.stderr}${ran.stdout}`];
  const { modules, summary } = JSON.parse(ran.stdout);

  const seen = new Set(modules.map((module) => module.source.split(path.sep).join('/')));
  const unseen = folders.flatMap((folder) => sourceFiles(root, folder)).filter((file) => !seen.has(file));
  const faults = summary.violations.map((fault) => `${fault.rule.name}: ${fault.from} -> ${fault.to}`);
  for (const file of unseen) faults.push(`not looked at: ${file}`);
  const count = [...seen].filter((file) => file.startsWith('src/')).length;
  if (root === HOUSE && count < LEAST_MODULES)
    faults.push(`only ${count} modules of src were looked at; at least ${LEAST_MODULES} must be`);
  console.log(`${count} modules of src looked at, ${summary.ruleSetUsed.forbidden.length} rules`);
  return faults;
}

function sourceFiles(root, folder) {
  const files = fs
    .readdirSync(path.join(root, folder), { recursive: true })
    .map((name) => `${folder}/${String(name).split(path.sep).join('/')}`);
  return files.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
}

const faults = checkImports(path.resolve(process.argv[2] ?? HOUSE));
for (const fault of faults) console.log(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
