'use strict';
/**
 * The import picture of design.md, checked: main -> compose -> rooms; a room -> vocabulary, reading and no other room;
 * one library lives in one room. scripts/check-imports.js runs this and asserts that every source file was looked at.
 */

/** Which room a library lives in. A library that stands here may be imported nowhere else in src; one that does not, nowhere at all. zod may be used anywhere. */
const LIBRARY_ROOMS = {
  casbin: ['decide'],
  commander: ['cli'],
  'csv-parse': ['reading'],
  yaml: ['reading'],
  express: ['edge', 'admin-api'],
  helmet: ['edge', 'admin-api'],
  'express-rate-limit': ['edge', 'admin-api'],
  'rate-limit-redis': ['edge'],
  redis: ['edge'],
  jose: ['identify', 'upstream'],
  libsql: ['storage'],
  mysql2: ['storage'],
  'prom-client': ['monitoring'],
  'reflect-metadata': ['storage'],
  'temporal-polyfill': ['governance', 'facts'],
  typeorm: ['storage'],
  undici: ['upstream'],
  winston: ['monitoring'],
  zod: ['[^/]+'],
};

const inModules = (name) => `(^|/)node_modules/(@types/)?${name}(/|$)`;

const oneRoomRules = Object.entries(LIBRARY_ROOMS).map(([name, rooms]) => ({
  name: `one-room-for-${name}`,
  comment: `${name} lives in ${rooms.join(', ')}: another room takes a small interface and is handed it.`,
  severity: 'error',
  from: { path: '^(src|migrations)/', pathNot: [`^src/(${rooms.join('|')})/`, ...(rooms.includes('storage') ? ['^migrations/'] : [])] },
  to: { path: [inModules(name), `^${name}$`] },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Types may look at each other; code may not.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'must-resolve', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'vocabulary-imports-nothing',
      severity: 'error',
      from: { path: '^src/vocabulary/' },
      to: { pathNot: '^src/vocabulary/' },
    },
    {
      name: 'reading-imports-only-vocabulary',
      severity: 'error',
      from: { path: '^src/reading/' },
      to: { path: '^src/', pathNot: '^src/(reading|vocabulary)/' },
    },
    {
      name: 'a-room-imports-no-other-room',
      comment: 'Declare the small interface the room needs; compose hands it in.',
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: '^src/(pipeline|edge|storage|compose)/' },
      to: { path: '^src/', pathNot: '^src/($1|vocabulary|reading)/' },
    },
    {
      name: 'pipeline-edge-and-storage-import-types-alone',
      comment: 'pipeline and edge know the shape of the steps; storage fulfils the stores that the rooms declare.',
      severity: 'error',
      from: { path: '^src/(pipeline|edge|storage)/' },
      to: { path: '^src/', pathNot: '^src/($1|vocabulary|reading)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nobody-imports-compose-or-main',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main\\.ts$|compose(\\.ts$|/))' },
      to: { path: '^src/(main\\.ts$|compose(\\.ts$|/))' },
    },
    {
      name: 'main-knows-compose-settings-and-cli',
      severity: 'error',
      from: { path: '^src/main\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(compose(\\.ts$|/)|settings/|cli/|vocabulary/)' },
    },
    {
      name: 'src-needs-nothing-outside',
      comment: 'Only the command `demo` reaches for the demo, when it is asked for: its libraries are not in the production image.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/compose/cli-services\\.ts$' },
      to: { path: '^(demo|bench|test|scripts)/', dynamic: false },
    },
    {
      name: 'no-development-library-in-src',
      severity: 'error',
      from: { path: '^(src|migrations)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'only-listed-libraries',
      comment: 'A library needs a line in LIBRARY_ROOMS and in package.json.',
      severity: 'error',
      from: { path: '^(src|migrations)/' },
      to: { dependencyTypes: ['npm', 'npm-no-pkg', 'npm-unknown'], pathNot: Object.keys(LIBRARY_ROOMS).map(inModules) },
    },
    ...oneRoomRules,
  ],
  options: {
    tsPreCompilationDeps: 'specify',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json', '.d.ts'],
    },
  },
};
