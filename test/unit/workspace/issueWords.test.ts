import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { fieldMeta } from '../../../src/workspace/field.ts';
import { formatWords } from '../../../src/workspace/issueWords.ts';
import { WorkspaceForm } from '../../../src/workspace/settings.ts';

/** Nobody types into these: they come whole from an entry of a catalogue. */
const isTyped = (path: string) =>
  fieldMeta.get(WorkspaceForm.shape[path.split('.')[0] as keyof WorkspaceForm])?.control !== 'hidden';

/** The paths of all strings with a format in a JSON Schema, `*` for the items of lists. */
function formats(schema: z.core.JSONSchema._JSONSchema, path: string): string[] {
  if (typeof schema !== 'object') return [];
  const { properties = {}, items, anyOf = [], oneOf = [], pattern, allOf = [] } = schema;
  return [
    ...(pattern === undefined ? [] : [path]),
    ...Object.entries(properties).flatMap(([name, inner]) => formats(inner, path ? `${path}.${name}` : name)),
    ...(typeof items === 'object' && !Array.isArray(items) ? formats(items, `${path}.*`) : []),
    ...[...anyOf, ...oneOf, ...allOf].flatMap(inner => formats(inner, path)),
  ];
}

describe('words for formats', () => {
  const paths = [
    ...new Set(formats(z.toJSONSchema(WorkspaceForm, { io: 'input', unrepresentable: 'any' }), '')),
  ].filter(isTyped);

  it('are there for every format of the schema', () => {
    assert.ok(paths.length > 20);
    assert.deepEqual(
      paths.filter(path => !(path in formatWords)),
      [],
    );
  });

  it('are there for nothing else', () => {
    const known = new Set([...paths, 'mounts.*.options']);
    assert.deepEqual(
      Object.keys(formatWords).filter(path => !known.has(path)),
      [],
    );
  });
});
