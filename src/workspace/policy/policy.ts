/** What an organisation has a say in: one `berth-policy.json`, wherever it is read from. */
import * as z from 'zod';
import { Pattern, Rules } from './rules.ts';

const patterns = z.array(Pattern).max(500);

/** What fits `forbid` is out, whatever else it fits; where there is an `allow`, only what fits it is in. */
const Lists = z.strictObject({ allow: patterns.optional(), forbid: patterns.optional() });
export type Lists = z.infer<typeof Lists>;

export const Policy = z
  .strictObject({
    $schema: z.string().optional(),
    name: z.string().trim().min(1).max(100).describe('Who sets it: shown at everything that it locks.'),
    contact: z.string().trim().max(200).optional().describe('Where people ask about it, such as an address.'),
    settings: Rules.default({}).describe('By setting of a workspace: what it may be.'),
    images: Lists.optional().describe(
      'Patterns of images, such as "ghcr.io/acme/**" or "debian:*". Without a tag: of every tag.',
    ),
    registries: Lists.optional().describe('Patterns of registries, such as "docker.io" or "*.acme.example".'),
    catalogues: Lists.optional().describe(
      'Patterns of the addresses of catalogues, such as "https://acme.example/**".',
    ),
    workspacesPerPerson: z
      .int()
      .min(0)
      .max(10_000)
      .optional()
      .describe('How many workspaces one person may have on a target.'),
    sessionHours: z
      .int()
      .min(1)
      .max(120)
      .optional()
      .describe(
        'How long a workspace may run at most with all its extensions. Absent: as long as its lifespan may be.',
      ),
    trust: z
      .strictObject({ forbid: z.array(z.string().min(1).max(512)).max(500).default([]) })
      .optional()
      .describe(
        'What no entry of a catalogue may have: a level ("blocked"), a key ("privileged"), or a key with its value ("capAdd:SYS_ADMIN").',
      ),
  })
  .describe('What an organisation allows in workspaces of Berth.');
export type Policy = z.infer<typeof Policy>;

/** Who says so, as people are told. */
export function whoSays({ name, contact }: Pick<Policy, 'name' | 'contact'>): string {
  return contact ? `${name} (${contact})` : name;
}
