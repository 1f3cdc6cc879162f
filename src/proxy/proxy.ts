/**
 * The ProxyCommand program: an alias in, a byte stream to the workspace's port 22 out. ssh runs it through the
 * launcher for every connection, with no editor open, so it is small and loads nothing that it can do without.
 */
import { enableCompileCache } from 'node:module';
import { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { BerthFolder } from '../ssh/folder.ts';
import type { Alias } from '../workspace/name.ts';
import { fastPath } from './fastPath.ts';
import { carry, handOver, takesSocket } from './join.ts';

/** `<name>.<target>.berth`; anything else never reaches a path or an engine. */
const aliasPattern = /^[a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9-]*\.berth$/;

async function main(program: string, argument: string): Promise<number> {
  // <folder>/bin/<version>/proxy.cjs
  const folder = new BerthFolder(dirname(dirname(dirname(program))));
  if (aliasPattern.test(argument)) {
    const stream = await fastPath(folder, argument as Alias);
    if (stream instanceof Socket && takesSocket()) {
      await handOver(stream);
      return 0;
    }
    if (stream) return (await carry(stream)) ? 0 : 1;
  }
  // A megabyte of engine is to be loaded: compiled once for all connections. Node below 22.8 has no such cache.
  enableCompileCache?.(join(dirname(program), 'cache'));
  const { slowPath } = await import('./slowPath.ts');
  return await slowPath(folder, argument, dirname(program));
}

main(process.argv[1] ?? '', (process.argv[2] ?? '').toLowerCase()).then(
  code => process.exit(code),
  error => {
    process.stderr.write(`berth: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
