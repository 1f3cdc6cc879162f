/** All figures of `npm run bench`. */
import { activationBenchmarks } from './activation.ts';
import { backupBenchmarks } from './backup.ts';
import type { Benchmark } from './benchmark.ts';
import { bundleBenchmarks } from './bundles.ts';
import { catalogueBenchmarks } from './catalogue.ts';
import { dockerBenchmarks } from './docker.ts';
import { galleryBenchmarks } from './gallery.ts';
import { kubernetesBenchmarks } from './kubernetes.ts';
import { listBenchmarks } from './list1000.ts';
import { memoryBenchmarks } from './memory.ts';
import { pageBenchmarks } from './page.ts';
import { registryBenchmarks } from './registryTree.ts';

export const benchmarks: readonly Benchmark[] = [
  ...dockerBenchmarks,
  ...backupBenchmarks,
  ...kubernetesBenchmarks,
  ...listBenchmarks,
  ...pageBenchmarks,
  ...registryBenchmarks,
  ...catalogueBenchmarks,
  ...activationBenchmarks,
  ...bundleBenchmarks,
  ...galleryBenchmarks,
  ...memoryBenchmarks,
];
