'use strict';
/** npm run docs: writes what grows from the settings table and from the form of record.yaml. test/settings and test/policies keep it equal. */
const fs = require('node:fs');
const path = require('node:path');
const { ensureReady } = require('./ensure-ready.js');

ensureReady();
const root = path.resolve(__dirname, '..');
const { settingsDoc } = require('../dist/src/settings/settings-doc.js');
const { recordJsonSchema } = require('../dist/src/decide/record-schema.js');
const { settingsJsonSchema } = require('../dist/src/settings/settings-schema.js');
fs.writeFileSync(path.join(root, 'docs', 'configuration.md'), settingsDoc());
fs.writeFileSync(path.join(root, 'casegate.schema.json'), `${JSON.stringify(settingsJsonSchema(), null, 2)}\n`);
fs.writeFileSync(path.join(root, 'policies', 'record.schema.json'), `${JSON.stringify(recordJsonSchema(), null, 2)}\n`);
