/** Platforms of images (`os/architecture[/variant]`, as Go names them), and which of those on offer fits. Pure. */
import * as l10n from '@vscode/l10n';
import { BerthError } from '../workspace/error.ts';

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** Names that other tools have for the same, such as `uname -m`. */
const aliases: Readonly<Record<string, Omit<Platform, 'os'>>> = {
  x86_64: { architecture: 'amd64' },
  'x86-64': { architecture: 'amd64' },
  aarch64: { architecture: 'arm64' },
  i386: { architecture: '386' },
  i686: { architecture: '386' },
  armhf: { architecture: 'arm', variant: 'v7' },
  armv7l: { architecture: 'arm', variant: 'v7' },
  armel: { architecture: 'arm', variant: 'v6' },
};
/** What an architecture without a variant means. */
const usualVariants: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8', arm: 'v7' };

/** Such as 'linux/arm64' or 'linux/arm/v7'; throws 'invalid' with words. */
export function parsePlatform(text: string): Platform {
  const [, os, architecture, variant] =
    /^([a-z0-9]+)\/([a-z0-9_-]+)(?:\/([a-z0-9.]+))?$/.exec(text.trim().toLowerCase()) ?? [];
  if (os === undefined || architecture === undefined) {
    throw new BerthError(
      l10n.t("'{0}' is not a platform: it must be of the form linux/amd64.", text.trim().slice(0, 80)),
      { code: 'invalid' },
    );
  }
  return { os, ...(aliases[architecture] ?? { architecture }), ...(variant !== undefined && { variant }) };
}

/** What a container on this machine would run as. */
export function hostPlatform(): Platform {
  const names: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
  return { os: 'linux', architecture: names[process.arch] ?? process.arch };
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant ? [variant] : [])].join('/');
}

/** The one of them that fits best, or undefined: the same variant, else the highest below it that runs there, too. */
export function bestFit<T extends Platform>(wanted: Platform, offered: readonly T[]): T | undefined {
  const most = level(wanted);
  let best: T | undefined;
  for (const one of offered) {
    if (one.os !== wanted.os || one.architecture !== wanted.architecture || level(one) > most) continue;
    if (!best || level(one) > level(best)) best = one;
  }
  return best;
}

/** arm/v6 runs on arm/v7, and amd64/v2 on amd64/v3, but not the other way round. */
function level({ architecture, variant }: Platform): number {
  return Number.parseFloat((variant || usualVariants[architecture] || '0').replace(/^v/, '')) || 0;
}
