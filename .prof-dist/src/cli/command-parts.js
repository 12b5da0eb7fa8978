"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.choiceOf = exports.withCommonOptions = void 0;
/** --config and --json, on every command that reads settings. */
const withCommonOptions = (command) => command
    .option('-c, --config <file>', 'settings file (default: casegate.yaml in this folder)')
    .option('--json', 'print JSON, for scripts');
exports.withCommonOptions = withCommonOptions;
const choiceOf = (options) => ({ configFile: options.config });
exports.choiceOf = choiceOf;
