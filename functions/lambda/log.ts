/** Structured log lines; the Powertools logger is one. */
export interface Log {
  info(message: string, fields: Record<string, unknown>): void;
  warn(message: string, fields: Record<string, unknown>): void;
  error(message: string, fields: Record<string, unknown>): void;
}

/** A log whose every line carries these fields beside its own. */
export function withFields(log: Log, fields: Record<string, unknown>): Log {
  return {
    info: (message, own) => {
      log.info(message, { ...fields, ...own });
    },
    warn: (message, own) => {
      log.warn(message, { ...fields, ...own });
    },
    error: (message, own) => {
      log.error(message, { ...fields, ...own });
    },
  };
}
