/** The story of an operation, kept short: one entry a layer, output joined, the oldest output dropped first. */
import type { Progress } from './engine.ts';

/** Characters of output kept; the log itself is the engine's. */
export const outputLimit = 256 * 1024;

/** The log with one more entry. Pure: the old log stays what it was. */
export function appendProgress(log: readonly Progress[], entry: Progress): readonly Progress[] {
  switch (entry.kind) {
    case 'layer': {
      const at = log.findIndex(other => other.kind === 'layer' && other.id === entry.id);
      return at < 0 ? [...log, entry] : log.with(at, entry);
    }
    case 'output': {
      const last = log.at(-1);
      const joined = last?.kind === 'output' ? last.text + entry.text : entry.text;
      const text = joined.length > outputLimit ? joined.slice(-outputLimit) : joined;
      return dropOldOutput([...(last?.kind === 'output' ? log.slice(0, -1) : log), { kind: 'output', text }]);
    }
    case 'home': {
      const last = log.at(-1);
      return last?.kind === 'home' ? log.with(-1, entry) : [...log, entry];
    }
    case 'step':
    case 'boot':
      return [...log, entry];
  }
}

function dropOldOutput(log: readonly Progress[]): readonly Progress[] {
  let excess =
    log.reduce((sum, entry) => sum + (entry.kind === 'output' ? entry.text.length : 0), 0) - outputLimit;
  if (excess <= 0) return log;
  return log.flatMap(entry => {
    if (entry.kind !== 'output' || excess <= 0) return [entry];
    const text = entry.text.slice(Math.min(excess, entry.text.length));
    excess -= entry.text.length - text.length;
    return text === '' ? [] : [{ ...entry, text }];
  });
}
