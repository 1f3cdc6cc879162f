/**
 * `node test/support/schemas.ts`: writes media/schemas/, by which VS Code completes and validates policies, templates and the
 * files of a catalogue, and in package.json what `berth.defaults` may hold. They derive from the schemas that Berth itself
 * reads by; a unit test says whether they are up to date.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findNodeAtLocation, getNodeValue, parseTree } from 'jsonc-parser';
import * as z from 'zod';
import { applied, editsFor } from '../../src/image/catalogue/authoring/jsonEdit.ts';
import { execKeys } from '../../src/image/catalogue/execConfig.ts';
import { runKeys } from '../../src/image/catalogue/runConfig.ts';
import { Entry11, List10, List11 } from '../../src/image/catalogue/schema.ts';
import { TemplateFile } from '../../src/template/template.ts';
import { fieldMeta } from '../../src/workspace/field.ts';
import { configurable } from '../../src/workspace/inherited.ts';
import { Policy } from '../../src/workspace/policy/policy.ts';
import { projectRoot } from './vsix.ts';

export const schemaFolder = join(projectRoot, 'media', 'schemas');

/** By file name. */
export function schemaFiles(): Readonly<Record<string, string>> {
  return {
    'policy.schema.json': textOf('A policy of Berth', Policy),
    'list.schema.json': textOf('A catalogue of workspaces', z.union([List11, List10])),
    'template.schema.json': textOf('A template of workspaces', TemplateFile),
    'workspace.schema.json': textOf('An entry of a catalogue of workspaces', Entry11),
  };
}

/** What `berth.defaults` may hold for a target beside env and labels, as package.json contributes it. */
export function defaultsProperties(): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...configurable].map(([key, schema]) => {
      // Rows of lists are completed where templates are written; a manifest need not hold them as well.
      const { $schema: _, default: _usual, items: _rows, ...made } = z.toJSONSchema(schema, options);
      return [key, made];
    }),
  );
}

/** Of a setting its meaning is what the editor says of it. */
const options = {
  io: 'input',
  target: 'draft-7',
  override: ({ zodSchema, jsonSchema }: { zodSchema: unknown; jsonSchema: Record<string, unknown> }) => {
    const meta = zodSchema instanceof z.ZodType ? fieldMeta.get(zodSchema) : undefined;
    if (meta) jsonSchema.description = meta.help;
  },
} as const;

/** The keys of the two configs, so that they complete; their values are docker-py's. */
const keys: Readonly<Record<string, readonly string[]>> = {
  run_config: [...runKeys.keys()],
  exec_config: [...execKeys.keys()],
};

function textOf(title: string, schema: z.ZodType): string {
  const made = z.toJSONSchema(schema, options);
  const whole = { ...made, title, allowTrailingCommas: true };
  return `${JSON.stringify(
    whole,
    (key, value: unknown) => {
      if (key === 'templates') return { ...Object(value), items: { $ref: './template.schema.json' } };
      const known = keys[key];
      if (!known || typeof value !== 'object' || value === null) return value;
      return { ...value, properties: Object.fromEntries(known.toSorted().map(name => [name, {}])) };
    },
    2,
  )}\n`;
}

export const manifestFile = join(projectRoot, 'package.json');

/** Where they stand in package.json. */
const defaultsPath = [
  ...['contributes', 'configuration', 0, 'properties', 'berth.defaults'],
  ...['additionalProperties', 'properties'],
];

/** package.json with those properties in it; env and labels are written by hand. */
export function withDefaults(manifest: string): string {
  const tree = parseTree(manifest);
  const node = tree && findNodeAtLocation(tree, defaultsPath);
  if (!node) throw new Error('package.json has no berth.defaults');
  const { env, labels } = z.looseObject({}).parse(getNodeValue(node));
  return applied(manifest, editsFor(manifest, defaultsPath, { env, labels, ...defaultsProperties() }));
}

if (import.meta.main) {
  await mkdir(schemaFolder, { recursive: true });
  for (const [name, text] of Object.entries(schemaFiles())) await writeFile(join(schemaFolder, name), text);
  await writeFile(manifestFile, withDefaults(await readFile(manifestFile, 'utf8')));
}
