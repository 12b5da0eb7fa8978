'use strict';
/** `npm run bench [-- --json …]`: makes the clone ready, then runs bench/run.ts. bench/README.md tells what it measures. */
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { ensureReady } = require('./ensure-ready.js');

ensureReady();
const done = spawnSync(process.execPath, [path.join(__dirname, '..', 'dist', 'bench', 'run.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = done.status ?? 2;
