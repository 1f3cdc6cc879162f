/**
 * `node test/support/toolSchemas.ts`: writes the inputs of the chat tools into package.json, from the schemas that the tools
 * themselves parse by; a unit test says whether they are up to date.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ListInput, LogInput, NewWorkspace, WorkspaceInput } from '../../src/commands/automation/inputs.ts';
import { fieldMeta } from '../../src/workspace/field.ts';
import { projectRoot } from './vsix.ts';

const inputs: Readonly<Record<string, z.ZodType>> = {
  berth_listWorkspaces: ListInput,
  berth_inspectWorkspace: WorkspaceInput,
  berth_createWorkspace: NewWorkspace,
  berth_startWorkspace: WorkspaceInput,
  berth_stopWorkspace: WorkspaceInput,
  berth_readLog: LogInput,
};

/** By the name of the tool. */
export function toolSchemas(): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(inputs).map(([name, schema]) => [name, jsonSchemaOf(schema)]));
}

/**
 * What a field means goes along. Formats are left to the tool, which checks them and says in words what is wrong: models
 * know other dialects of regular expressions, and some refuse the whole tool. So do the defaults: they are the person's.
 */
function jsonSchemaOf(schema: z.ZodType): unknown {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema }) => {
      const meta = zodSchema instanceof z.ZodOptional ? fieldMeta.get(zodSchema.unwrap()) : undefined;
      if (meta) jsonSchema.description ??= `${meta.title}. ${meta.help}`;
      delete jsonSchema.pattern;
      delete jsonSchema.default;
    },
  });
  return made;
}

if (import.meta.main) {
  const file = join(projectRoot, 'package.json');
  const manifest: { contributes: { languageModelTools: { name: string; inputSchema: unknown }[] } } =
    JSON.parse(await readFile(file, 'utf8'));
  const schemas = toolSchemas();
  for (const tool of manifest.contributes.languageModelTools) tool.inputSchema = schemas[tool.name];
  await writeFile(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
}
