/**
 * The files of a Kasm workspace registry, schema 1.0 and 1.1, as they should be written: completion and validation for
 * authors derive from these. What is found in the wild is read by entry.ts, which forgives more.
 */
import * as z from 'zod';
import { TemplateFile } from '../../template/template.ts';

/** What a catalogue may hold at most; what is beyond is not read. */
export const catalogueLimits = {
  bytes: 16 * 1024 * 1024,
  entries: 5_000,
  /** Of versions.json. */
  versionsBytes: 64 * 1024,
  channels: 200,
  templates: 500,
  /** Of run_config and exec_config, as JSON. */
  configChars: 64 * 1024,
  configDepth: 16,
  /** Of the id of a grant, which has its value in it, such as a whole script: more than a config can make. */
  grantChars: 256 * 1024,
} as const;

const text = (most: number) => z.string().max(most);
/** Kasm's own releases: '1.18.x', or an exact one. */
export const releasePattern = /^\d{1,4}\.\d{1,4}\.(?:x|\d{1,4})$/;
const release = z.string().regex(releasePattern);
const tag = z.string().regex(/^\w[\w.-]{0,127}$/);
const imageText = text(512).min(1);
const megabytes = z.number().min(0);
const config = z.record(z.string(), z.unknown());

/** A release of Kasm with the image that goes with it (schema 1.1). */
export const ReleaseImage = z.looseObject({
  version: release.describe('The release of Kasm that it is for, such as 1.18.x.'),
  image: imageText.describe('The image, such as kasmweb/firefox:1.18.0.'),
  uncompressed_size_mb: megabytes.optional().describe('What it takes on disk, in MB.'),
  available_tags: z.array(tag).max(200).optional().describe('Its channels: the tags that the image has.'),
});
export type ReleaseImage = z.infer<typeof ReleaseImage>;

export const architectures = ['amd64', 'arm64'] as const;
export type Architecture = (typeof architectures)[number];
export const allocationMethods = ['Inherit', 'Quotas', 'Shares'] as const;

const common = {
  friendly_name: text(200).min(1).describe('The name that people see.'),
  description: text(5_000).describe('What it is, in a sentence or two.'),
  image_src: text(300).min(1).describe('The file name of its icon: square, at least 50 x 50.'),
  architecture: z.array(z.enum(architectures)).min(1).describe('The platforms that its image has.'),
  categories: z.array(text(100).min(1)).max(20).optional().describe('Where it is listed; at most three.'),
  docker_registry: text(500)
    .nullish()
    .describe('Where the image is kept, such as https://index.docker.io/v1/ or https://ghcr.io/.'),
  run_config: config.nullish().describe('Keyword arguments of containers.run of docker-py.'),
  exec_config: config.nullish().describe('What is run in it: first_launch, go and assign.'),
  notes: text(20_000).nullish().describe('More about it, in Markdown.'),
  cores: z.number().min(0).max(1024).nullish().describe('Processor cores that it should have.'),
  memory: z.number().min(0).nullish().describe('Memory that it should have, in MB (2768), or in bytes.'),
  gpu_count: z.int().min(0).max(64).nullish().describe('GPUs that it should have.'),
  cpu_allocation_method: z.enum(allocationMethods).nullish().describe('How its cores are limited.'),
  enabled: z.boolean().nullish().describe('Whether it is offered.'),
  require_gpu: z.boolean().nullish().describe('Whether it cannot do without a GPU.'),
  image_type: text(100).nullish(),
  sha: text(200).nullish().describe('Changes with the entry.'),
};

/** An entry of a list of schema 1.0. */
export const Entry10 = z.looseObject({
  ...common,
  name: imageText.describe('The image, such as kasmweb/firefox:1.14.0.'),
  uncompressed_size_mb: megabytes.describe('What the image takes on disk, in MB.'),
  compatibility: z.array(release).min(1).describe('The releases of Kasm that it is for, such as 1.14.x.'),
});

/** An entry of a list of schema 1.1; also what an author writes as workspace.json. */
export const Entry11 = z.looseObject({
  ...common,
  compatibility: z.array(ReleaseImage).min(1).max(100).describe('The image for each release of Kasm.'),
});

/** The fields of an entry of whatever schema, each for itself; `compatibility` is read item by item. */
export const EntryFields = z
  .object({ ...common, name: imageText.nullish(), uncompressed_size_mb: megabytes.nullish() })
  .partial();

const listCommon = {
  name: text(200).min(1).describe('The name of the catalogue.'),
  description: text(5_000).optional(),
  icon: text(2_000).nullish().describe('The address of its icon; may be relative to the list.'),
  list_url: text(2_000).nullish().describe('Where it is published.'),
  contact_url: text(2_000).nullish().describe('Where its authors are reached.'),
  workspacecount: z.int().min(0).optional().describe('How many entries it has.'),
  modified: z.number().min(0).optional().describe('When it was built, in milliseconds since 1970.'),
};

/** What only Berth reads. */
const berth = z
  .looseObject({
    templates: z
      .array(TemplateFile)
      .max(catalogueLimits.templates)
      .optional()
      .describe('Settings of workspaces, ready to be filled in: as files of .berth/ have them.'),
  })
  .optional()
  .describe('What Berth reads beyond Kasm’s own schema; others take no notice of it.');

export const List10 = z.looseObject({ ...listCommon, berth, workspaces: z.array(Entry10) });
export const List11 = z.looseObject({
  ...listCommon,
  berth,
  channels: z.array(tag).max(catalogueLimits.channels).describe('All channels of its entries.'),
  default_channel: tag.nullish().describe('The channel that is chosen at first.'),
  workspaces: z.array(Entry11),
});

/** What a list of whatever schema says of itself, each for itself. */
export const ListFields = z
  .object({ ...listCommon, channels: z.array(text(200)).nullish(), default_channel: text(200).nullish() })
  .partial();

/** `versions.json` beside the lists of schema 1.1. */
export const Versions = z.looseObject({ versions: z.array(release).max(1_000) });
