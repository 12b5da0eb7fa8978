#!/usr/bin/env node
'use strict';
const fs = require('node:fs');
const path = require('node:path');

// What node's --disable-proto=delete does, however we are started: a library that merges foreign keys into an object cannot reach the
// prototype of all (SUP-11).
Reflect.deleteProperty(Object.prototype, '__proto__');

const root = path.resolve(__dirname, '..');
// In a clone the sources stand beside us: compile what changed. In an image or a package there is only dist.
if (fs.existsSync(path.join(root, 'src')) && fs.existsSync(path.join(root, 'tsconfig.build.json'))) {
  require('../scripts/ensure-ready.js').ensureReady();
}

require('../dist/src/main.js')
  .main(process.argv.slice(2))
  .then(
    (code) => {
      process.exitCode = code;
    },
    (fault) => {
      process.stderr.write(`casegate: ${fault instanceof Error ? fault.message : String(fault)}\n`);
      process.exitCode = 2;
    },
  );
