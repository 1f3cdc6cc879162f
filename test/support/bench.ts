/** `npm run bench [-- NAME-PREFIX…]`: one JSON object of figures on stdout, everything else on stderr. */
import type { Figure } from '../bench/benchmark.ts';
import { benchmarks } from '../bench/benchmarks.ts';
import { run } from './command.ts';
import { projectRoot } from './vsix.ts';

const prefixes = process.argv.slice(2);
const chosen = benchmarks.filter(
  ({ name }) => prefixes.length === 0 || prefixes.some(prefix => name.startsWith(prefix)),
);
const say = (line: string) => process.stderr.write(`${line}\n`);

if (chosen.length === 0) {
  say(
    `No benchmark begins with ${prefixes.join(' or ')}. There are: ${benchmarks.map(({ name }) => name).join(', ')}`,
  );
  process.exitCode = 1;
}

if (chosen.length > 0) await run(process.execPath, ['esbuild.mjs'], { cwd: projectRoot });
const figures: Record<string, Figure> = {};
for (const { name, measure } of chosen) {
  say(`${name} …`);
  try {
    figures[name] = await measure(say);
    say(`${name}: ${JSON.stringify(figures[name])}`);
  } catch (error) {
    say(`${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exitCode = 1;
  }
}
if (chosen.length > 0) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
