/** The person's settings of Berth, read at each use and checked: a value that is not right counts as its default. */
import * as vscode from 'vscode';
import * as z from 'zod';
import { type ConnectWay, connectWays } from '../engine/host.ts';
import { Defaults } from '../workspace/inherited.ts';
import { Preset } from '../workspace/presets.ts';

export const configuration = {
  defaultImage(): string {
    return z.string().trim().min(1).catch('debian:bookworm').parse(read('defaultImage'));
  },
  /** 'name' or 'name=value'. */
  requiredLabels(): readonly string[] {
    return z
      .array(z.unknown())
      .catch([])
      .parse(read('image.requiredLabels'))
      .flatMap(value => z.string().trim().min(1).safeParse(value).data ?? []);
  },
  presets(): readonly Preset[] {
    return z
      .array(z.unknown())
      .catch([])
      .parse(read('presets'))
      .flatMap(value => Preset.safeParse(value).data ?? []);
  },
  defaults(): Defaults {
    return Defaults.catch({}).parse(read('defaults'));
  },
  /** '' where git or the machine is to say. */
  identity(): string {
    return z.string().trim().max(320).catch('').parse(read('identity'));
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

/** The person's value alone: a repository's .vscode/settings.json has no say (scope application, checked once more). */
function read(key: string): unknown {
  const found = vscode.workspace.getConfiguration('berth').inspect(key);
  return found?.globalValue ?? found?.defaultValue;
}
