/** The names of workspaces and targets, and the ssh alias made of the two. */
import * as z from 'zod';

/** RFC 1123 label, lower case, 1-40 characters: it becomes an ssh alias, a container name and an object name. */
export const WorkspaceName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/)
  .brand<'WorkspaceName'>();
export type WorkspaceName = z.infer<typeof WorkspaceName>;

/** RFC 1123 label, lower case, 1-20 characters; permanent, because it is part of every alias on the target. */
export const TargetId = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$/)
  .brand<'TargetId'>();
export type TargetId = z.infer<typeof TargetId>;

/** `<name>.<target>.berth`: the ssh Host. Permanent: the editor keys its history by it. */
export type Alias = string & z.$brand<'Alias'>;

export function aliasOf(name: WorkspaceName, target: TargetId): Alias {
  return `${name}.${target}.berth` as Alias;
}

/** The two parts of an alias, or undefined where the text is not one. */
export function parseAlias(text: string): { name: WorkspaceName; target: TargetId } | undefined {
  const [name, target, suffix, ...rest] = text.split('.');
  if (suffix !== 'berth' || rest.length > 0) return undefined;
  const parsed = { name: WorkspaceName.safeParse(name), target: TargetId.safeParse(target) };
  return parsed.name.success && parsed.target.success
    ? { name: parsed.name.data, target: parsed.target.data }
    : undefined;
}

const adjectives =
  'able agile amber bold brave bright brisk calm clear clever cosy crisp deft eager early fair fleet fond free fresh gentle glad grand happy hardy jolly keen kind light lively loyal lucky mellow merry mild neat nimble noble polite proud quick quiet rapid ready sharp snug steady sunny swift tidy vivid warm wise witty'.split(
    ' ',
  );
const animals =
  'badger beaver bison crane dolphin eagle falcon ferret finch fox gecko goose hare hawk heron ibex jay kestrel koala lark lemur lynx marten mole moose newt ocelot orca osprey otter owl panda petrel pika plover puffin quail raven robin seal shrew stork swan swift tapir tern trout vole walrus weasel whale wren yak'.split(
    ' ',
  );

/** A readable name such as `brave-otter` that is not among the taken ones. `random` returns [0, 1). */
export function generateName(taken: ReadonlySet<string>, random: () => number = Math.random): WorkspaceName {
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? 'berth';
  for (let attempt = 0; attempt < 50; attempt++) {
    const name = `${pick(adjectives)}-${pick(animals)}`;
    if (!taken.has(name)) return WorkspaceName.parse(name);
  }
  const stem = `${pick(adjectives)}-${pick(animals)}`;
  for (let number = 2; ; number++) {
    if (!taken.has(`${stem}-${number}`)) return WorkspaceName.parse(`${stem}-${number}`);
  }
}
