"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createLogger = createLogger;
const winston_1 = require("winston");
const bounded_writer_1 = require("./bounded-writer");
const log_fields_1 = require("./log-fields");
/**
 * One JSON object a line: `{"at","level","event",…fields}`.
 *
 * Takes   an event in kebab-case and fields named in LOG_FIELDS; anything else is left out and named in `lost`.
 * Fails   never: a writer that fails or does not keep up costs lines (`log-lines-lost` tells how many), not requests.
 * Source  library-pitfalls.md, winston: meta is concatenated into messages, own fields of errors are printed, an 'error' without a listener ends the process.
 */
function createLogger(options) {
    const writer = (0, bounded_writer_1.boundedWriter)(options.out ?? process.stdout, options.mostWaitingBytes ?? 1_048_576, (lost) => lineOf(options.clock(), 'warn', 'log-lines-lost', { count: lost }));
    const winston = (0, winston_1.createLogger)({
        level: options.level,
        levels: { error: 0, warn: 1, info: 2, debug: 3 },
        exitOnError: false,
        // The line is whole when winston gets it: winston joins nothing to it and spreads nothing into it.
        format: winston_1.format.printf((info) => String(info.message)),
        transports: [new winston_1.transports.Stream({ stream: writer.stream, eol: '\n' })],
    });
    winston.on('error', () => writer.lose());
    const write = (level, event, fields = {}) => {
        if (winston.isLevelEnabled(level))
            winston.log({ level, message: lineOf(options.clock(), level, event, fields) });
    };
    return {
        error: (event, fields) => write('error', event, fields),
        warn: (event, fields) => write('warn', event, fields),
        info: (event, fields) => write('info', event, fields),
        debug: (event, fields) => write('debug', event, fields),
        close: async (withinMs = 2_000) => {
            await new Promise((resolve) => winston.end(() => resolve()));
            await writer.drained(withinMs);
        },
    };
}
function lineOf(atMs, level, event, fields) {
    const name = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(event) ? event : 'event-without-name';
    return JSON.stringify({ at: new Date(atMs).toISOString(), level, event: name, ...(0, log_fields_1.keepKnownFields)(fields) });
}
