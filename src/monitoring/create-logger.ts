import type { Writable } from 'node:stream';
import { createLogger as createWinston, format, transports } from 'winston';
import type { Clock } from '../vocabulary/clock';
import { boundedWriter } from './bounded-writer';
import { keepKnownFields } from './log-fields';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export type LogFields = Readonly<Record<string, unknown>>;

/** Operational lines for the person on call; never the access log. `error` means someone should get up. */
export interface OperationsLog {
  error(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  debug(event: string, fields?: LogFields): void;
  /** Waits until what was written has left this process, at most `withinMs`. */
  close(withinMs?: number): Promise<void>;
}

/**
 * One JSON object a line: `{"at","level","event",…fields}`.
 *
 * Takes   an event in kebab-case and fields named in LOG_FIELDS; anything else is left out and named in `lost`.
 * Fails   never: a writer that fails or does not keep up costs lines (`log-lines-lost` tells how many), not requests.
 * Source  library-pitfalls.md, winston: meta is concatenated into messages, own fields of errors are printed, an 'error' without a listener ends the process.
 */
export function createLogger(options: {
  readonly level: LogLevel;
  readonly clock: Clock;
  readonly out?: Writable;
  readonly mostWaitingBytes?: number;
}): OperationsLog {
  const writer = boundedWriter(options.out ?? process.stdout, options.mostWaitingBytes ?? 1_048_576, (lost) =>
    lineOf(options.clock(), 'warn', 'log-lines-lost', { count: lost }),
  );
  const winston = createWinston({
    level: options.level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    exitOnError: false,
    // The line is whole when winston gets it: winston joins nothing to it and spreads nothing into it.
    format: format.printf((info) => String(info.message)),
    transports: [new transports.Stream({ stream: writer.stream, eol: '\n' })],
  });
  winston.on('error', () => writer.lose());
  const write = (level: LogLevel, event: string, fields: LogFields = {}): void => {
    if (winston.isLevelEnabled(level)) winston.log({ level, message: lineOf(options.clock(), level, event, fields) });
  };
  return {
    error: (event, fields) => write('error', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    info: (event, fields) => write('info', event, fields),
    debug: (event, fields) => write('debug', event, fields),
    close: async (withinMs = 2_000) => {
      await new Promise<void>((resolve) => winston.end(() => resolve()));
      await writer.drained(withinMs);
    },
  };
}

function lineOf(atMs: number, level: LogLevel, event: string, fields: LogFields): string {
  const name = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(event) ? event : 'event-without-name';
  return JSON.stringify({ at: new Date(atMs).toISOString(), level, event: name, ...keepKnownFields(fields) });
}
