import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** process.env is read in settings alone; time and chance are handed in (design.md, "The tree"). */
const ENVIRONMENT = {
  object: 'process',
  property: 'env',
  message: 'The environment is read in src/settings alone: take a setting.',
};
const HANDED_IN = [
  { object: 'Date', property: 'now', message: 'Time is handed in: take a Clock.' },
  { object: 'Math', property: 'random', message: 'Chance is handed in; for secrets there is node:crypto.' },
];

export default tseslint.config(
  { ignores: ['node_modules/**', 'dist/**', 'coverage/**', '.casegate/**', 'test/house/forbidden/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommended],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      // TypeScript itself finds names that do not exist.
      'no-undef': 'off',
      // Control characters are what several checks of ours are about.
      'no-control-regex': 'off',
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: "Node 20's own fetch is an old undici: use the upstream room's client." },
      ],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      eqeqeq: ['error', 'always'],
    },
  },
  {
    files: ['src/**/*.ts', 'migrations/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', ENVIRONMENT, ...HANDED_IN],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      'no-console': 'error',
    },
  },
  {
    files: ['src/compose.ts', 'src/compose/**/*.ts', 'src/main.ts', 'src/cli/**/*.ts'],
    rules: { 'no-restricted-properties': ['error', ENVIRONMENT] },
  },
  { files: ['src/settings/**/*.ts'], rules: { 'no-restricted-properties': ['error', ...HANDED_IN] } },
  { files: ['test/**/*.ts', 'bench/**/*.ts', 'demo/**/*.ts'], rules: { 'no-restricted-globals': 'off' } },
  {
    files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
    languageOptions: {
      globals: {
        require: 'readonly',
        module: 'writable',
        process: 'readonly',
        console: 'readonly',
        __dirname: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
      },
    },
  },
);
