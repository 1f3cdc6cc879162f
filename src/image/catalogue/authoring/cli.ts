/** Builds the catalogue of a folder (the first argument, else the current one) without an editor: a program of its own. */
import { resolve } from 'node:path';
import { isBerthError } from '../../../workspace/error.ts';
import { pathText } from '../problem.ts';
import { buildCatalogue } from './build.ts';
import { checkSource } from './check.ts';
import { writeBuilt } from './publish.ts';
import { readSource } from './source.ts';

async function main(root: string): Promise<void> {
  const source = await readSource(root);
  const checked = checkSource(source);
  for (const [file, problems] of checked.problems) {
    for (const { severity, path, message } of problems) {
      say(process.stderr, [severity, file, pathText(path), message].filter(Boolean).join(': '));
    }
  }
  say(process.stdout, await writeBuilt(root, buildCatalogue(source, checked)));
}

function say(stream: NodeJS.WritableStream, line: string): void {
  stream.write(`${line}\n`);
}

main(resolve(process.argv[2] ?? '.')).catch((error: unknown) => {
  say(
    process.stderr,
    isBerthError(error) || !(error instanceof Error) ? String(error) : (error.stack ?? error.message),
  );
  process.exitCode = 1;
});
