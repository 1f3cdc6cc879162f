/** The person's settings of Berth, read at each use and checked: a value that is not right counts as its default. */
import * as vscode from 'vscode';
import * as z from 'zod';
import { type ConnectWay, connectWays } from '../engine/host.ts';
import type { Kept } from '../image/catalogue/shelf.ts';
import { Defaults } from '../workspace/inherited.ts';
import { Preset } from '../workspace/presets.ts';

const KeptCatalogue = z.object({
  url: z.string().trim().min(1).max(2_000),
  channel: z.string().trim().max(128).optional(),
});

export const configuration = {
  defaultImage(): string {
    return z.string().trim().min(1).catch('debian:bookworm').parse(read('defaultImage'));
  },
  /** 'name' or 'name=value'. */
  requiredLabels(): readonly string[] {
    return words('image.requiredLabels');
  },
  /** What no entry of a catalogue may have, whatever the person would allow. */
  forbidden(): readonly string[] {
    return words('catalogues.forbidden');
  },
  /** Where policies are read from: paths and addresses, as they were written. */
  policies(): readonly string[] {
    return words('policy');
  },
  presets(): readonly Preset[] {
    return z
      .array(z.unknown())
      .catch([])
      .parse(read('presets'))
      .flatMap(value => Preset.safeParse(value).data ?? []);
  },
  /** In the person's order, each once. */
  catalogues(): readonly Kept[] {
    const all = z
      .array(z.unknown())
      .catch([])
      .parse(read('catalogues'))
      .flatMap(value => KeptCatalogue.safeParse(value).data ?? []);
    return all.filter(({ url }, index) => all.findIndex(other => other.url === url) === index);
  },
  defaults(): Defaults {
    return Defaults.catch({}).parse(read('defaults'));
  },
  /** '' where git or the machine is to say. */
  identity(): string {
    return z.string().trim().max(320).catch('').parse(read('identity'));
  },
  /** Addresses of forges whose users' keys can be asked for. */
  forges(): readonly string[] {
    return words('ssh.forges');
  },
  /** '' for Berth's own key: see ssh/chosenIdentity.ts. */
  sshIdentity(): string {
    return z.string().trim().max(16_384).catch('').parse(read('ssh.identity'));
  },
  startOnConnect(): 'auto' | 'always' | 'never' {
    return z.enum(['auto', 'always', 'never']).catch('auto').parse(read('ssh.startOnConnect'));
  },
  /** Undefined: what kubectl would read. */
  kubeconfig(): string | undefined {
    return z.string().trim().catch('').parse(read('kubernetes.kubeconfig')) || undefined;
  },
  /** As it was written: parsed by image/registryList.ts. */
  registries(): unknown {
    return read('registries');
  },
  kubernetesConnect(): ConnectWay {
    return z.enum(connectWays).catch('forward').parse(read('kubernetes.connect'));
  },
} as const;

/** A list of words; what is none is left out. */
function words(key: string): readonly string[] {
  return z
    .array(z.unknown())
    .catch([])
    .parse(read(key))
    .flatMap(value => z.string().trim().min(1).safeParse(value).data ?? []);
}

/** The person's value alone: a repository's .vscode/settings.json has no say (scope application, checked once more). */
function read(key: string): unknown {
  const found = vscode.workspace.getConfiguration('berth').inspect(key);
  return found?.globalValue ?? found?.defaultValue;
}
