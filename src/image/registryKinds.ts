/** Registries with ways of their own: how each is known, whether it lists its images, how one logs in to it. Pure. */
import { parseChallenges } from './challenge.ts';
import { acr, dockerHub, gar, harbor, type OwnApi, quay } from './ownApis.ts';
import { defaultRegistry } from './reference.ts';

export const registryKinds = [
  'docker-hub',
  'ghcr',
  'gitlab',
  'quay',
  'harbor',
  'ecr',
  'gar',
  'acr',
  'distribution',
] as const;
export type RegistryKind = (typeof registryKinds)[number];

export interface KindRules {
  /** As its makers call it. */
  readonly title: string;
  readonly isHost: (host: string) => boolean;
  /** Where its list of images is: in the catalogue that the specification has, in an API of its own, nowhere. */
  readonly listing: 'catalog' | 'own' | 'none';
  readonly api?: OwnApi;
  /** Where passwords are of no use: what makes `docker login` know this registry through a helper. */
  readonly loginCommand?: (host: string) => string;
}

const never = () => false;

export const kindRules: Readonly<Record<RegistryKind, KindRules>> = {
  'docker-hub': {
    title: 'Docker Hub',
    isHost: host => host === defaultRegistry,
    listing: 'own',
    api: dockerHub,
  },
  ghcr: { title: 'GitHub', isHost: host => host === 'ghcr.io', listing: 'none' },
  gitlab: { title: 'GitLab', isHost: host => host === 'registry.gitlab.com', listing: 'none' },
  quay: { title: 'Quay', isHost: host => host === 'quay.io', listing: 'none', api: quay },
  harbor: { title: 'Harbor', isHost: never, listing: 'own', api: harbor },
  ecr: {
    title: 'Amazon ECR',
    isHost: host => /^\d+\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/.test(host),
    listing: 'catalog',
    loginCommand: host =>
      `aws ecr get-login-password --region ${regionOf(host)} | docker login --username AWS --password-stdin ${host}`,
  },
  gar: {
    title: 'Google Artifact Registry',
    isHost: host => /(?:^|\.)gcr\.io$|-docker\.pkg\.dev$/.test(host),
    listing: 'none',
    api: gar,
    loginCommand: host => `gcloud auth configure-docker ${host}`,
  },
  acr: {
    title: 'Azure Container Registry',
    isHost: host => /\.azurecr\.(?:io|cn|us)$/.test(host),
    listing: 'catalog',
    api: acr,
    loginCommand: host => `az acr login --name ${host.slice(0, host.indexOf('.'))}`,
  },
  distribution: { title: '', isHost: never, listing: 'catalog' },
};

/** Told by its name alone; undefined where that says nothing. */
export function kindOfHost(host: string): RegistryKind | undefined {
  return registryKinds.find(kind => kindRules[kind].isHost(host));
}

/** Told by how a registry of one's own asks for a login (`WWW-Authenticate`). */
export function kindOfChallenge(header: string): RegistryKind | undefined {
  for (const { parameters } of parseChallenges(header)) {
    const service = parameters.get('service') ?? '';
    const realm = parameters.get('realm') ?? '';
    if (service === 'harbor-registry') return 'harbor';
    if (service === 'container_registry' || realm.endsWith('/jwt/auth')) return 'gitlab';
    if (realm.endsWith('/v2/auth')) return 'quay';
  }
  return undefined;
}

function regionOf(host: string): string {
  return /\.ecr(?:-fips)?\.([a-z0-9-]+)\./.exec(host)?.[1] ?? 'us-east-1';
}
