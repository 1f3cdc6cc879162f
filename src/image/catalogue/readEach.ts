/** Reads an object whose fields are all optional: one that is not as it should be is left out and said. Pure. */
import type * as z from 'zod';
import { type JsonPath, wordsOf } from './problem.ts';

/** `say` gets the field's key, the path of what is wrong in it, and what that is; once for each field. */
export function readEach<Schema extends z.ZodObject>(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  say: (key: string, path: JsonPath, message: string) => void,
): z.infer<Schema> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const wrong = new Set<string>();
  for (const issue of parsed.error.issues) {
    const path = issue.path.filter(step => typeof step !== 'symbol');
    const key = String(path[0]);
    if (!wrong.has(key)) say(key, path, wordsOf(issue));
    wrong.add(key);
  }
  return schema.parse(Object.fromEntries(Object.entries(value).filter(([key]) => !wrong.has(key))));
}
