/** An image's own config (OCI image 1.1, Image Configuration): who runs what in it. Pure. */
import * as z from 'zod';
import type { Platform } from './platform.ts';

const nullableStrings = z.array(z.string()).nullish();

/** The part that registries and Docker's API write alike. */
export const RunConfigSchema = z.object({
  User: z.string().nullish(),
  Env: nullableStrings,
  ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
  Labels: z.record(z.string(), z.string()).nullish(),
  Entrypoint: nullableStrings,
  Cmd: nullableStrings,
});

export interface RunConfig {
  /** As the image has it: a name, a number, with a group or without; empty: root. */
  readonly user: string;
  /** `NAME=value`. */
  readonly env: readonly string[];
  readonly exposedPorts: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

export interface ImageConfig extends RunConfig {
  readonly platform: Platform;
  /** ms since 1970; 0: not known. */
  readonly createdAt: number;
}

export function runConfig(config: z.infer<typeof RunConfigSchema> | null | undefined): RunConfig {
  return {
    user: config?.User ?? '',
    env: config?.Env ?? [],
    exposedPorts: Object.keys(config?.ExposedPorts ?? {})
      .map(port => Number.parseInt(port, 10))
      .filter(port => port > 0)
      .sort((a, b) => a - b),
    labels: config?.Labels ?? {},
    entrypoint: config?.Entrypoint ?? [],
    command: config?.Cmd ?? [],
  };
}

const Blob = z.object({
  os: z.string().default('linux'),
  architecture: z.string().default(''),
  variant: z.string().nullish(),
  created: z.string().nullish(),
  config: RunConfigSchema.nullish(),
});

/** Undefined for what is no config. */
export function parseImageConfig(content: string): ImageConfig | undefined {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return undefined;
  }
  const blob = Blob.safeParse(value).data;
  if (!blob) return undefined;
  const { os, architecture, variant, created, config } = blob;
  return {
    platform: { os, architecture, ...(variant && { variant }) },
    createdAt: Date.parse(created ?? '') || 0,
    ...runConfig(config),
  };
}
