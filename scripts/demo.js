'use strict';
/** `npm run demo [-- --once]`: makes the clone ready, then runs `casegate demo`. */
const { spawn } = require('node:child_process');
const path = require('node:path');
const { ensureReady } = require('./ensure-ready.js');

ensureReady();
const gateway = spawn(process.execPath, [path.join(__dirname, '..', 'bin', 'casegate.js'), 'demo', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// Ctrl-C reaches the child by itself; a plain kill does not.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => gateway.kill(signal));
process.on('SIGINT', () => undefined);
gateway.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 0 : 2);
});
