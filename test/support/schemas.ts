/**
 * `node test/support/schemas.ts`: writes media/schemas/, by which VS Code completes and validates policies and the files of a catalogue.
 * They derive from the schemas that Berth itself reads by; a unit test says whether they are up to date.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { execKeys } from '../../src/image/catalogue/execConfig.ts';
import { runKeys } from '../../src/image/catalogue/runConfig.ts';
import { Entry11, List10, List11 } from '../../src/image/catalogue/schema.ts';
import { Policy } from '../../src/workspace/policy/policy.ts';
import { projectRoot } from './vsix.ts';

export const schemaFolder = join(projectRoot, 'media', 'schemas');

/** By file name. */
export function schemaFiles(): Readonly<Record<string, string>> {
  return {
    'policy.schema.json': textOf('A policy of Berth', Policy),
    'list.schema.json': textOf('A catalogue of workspaces', z.union([List11, List10])),
    'workspace.schema.json': textOf('An entry of a catalogue of workspaces', Entry11),
  };
}

/** The keys of the two configs, so that they complete; their values are docker-py's. */
const keys: Readonly<Record<string, readonly string[]>> = {
  run_config: [...runKeys.keys()],
  exec_config: [...execKeys.keys()],
};

function textOf(title: string, schema: z.ZodType): string {
  const made = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  const whole = { ...made, title, allowTrailingCommas: true };
  return `${JSON.stringify(
    whole,
    (key, value: unknown) => {
      const known = keys[key];
      if (!known || typeof value !== 'object' || value === null) return value;
      return { ...value, properties: Object.fromEntries(known.toSorted().map(name => [name, {}])) };
    },
    2,
  )}\n`;
}

if (import.meta.main) {
  await mkdir(schemaFolder, { recursive: true });
  for (const [name, text] of Object.entries(schemaFiles())) await writeFile(join(schemaFolder, name), text);
}
