/** The size of what VS Code loads at activation, and of what ssh runs for every connection. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../support/vsix.ts';
import { type Benchmark, figure } from './benchmark.ts';

export const bundleBenchmarks: readonly Benchmark[] = [
  sizeOf('entryBytes', 'extension.cjs'),
  sizeOf('proxyBytes', 'proxy.cjs'),
];

function sizeOf(name: string, file: string): Benchmark {
  return {
    name,
    measure: async () => figure('bytes', [(await stat(join(projectRoot, 'dist', file))).size]),
  };
}
