/** What kind of image it is and what it recommends, told from its labels, its name and the ports it exposes. */
import type { KnownImage } from '../workspace/kindDefaults.ts';
import { type ImageKind, imageKinds } from '../workspace/settings.ts';
import { hasConnectClient, toolPortOf } from '../workspace/studio.ts';

/** As much of an image as is known: its name alone, or what the engine or registry says of it. */
export interface ImageTraits {
  readonly reference: string;
  readonly exposedPorts?: readonly number[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
}

const byName: readonly (readonly [RegExp, ImageKind])[] = [
  [/(?:^|\/)(?:rocker(?:-org)?\/(?:rstudio|verse|tidyverse|geospatial|ml-verse)|rstudio)/, 'rstudio'],
  [/rstudio/, 'rstudio'],
  [/(?:^|\/)kasmweb\/|(?:^|\/)webtop(?:$|[:@])|(?:^|[/-])desktop(?:$|[-:@])/, 'desktop'],
  [/jupyter/, 'jupyter'],
  // Seqera's own that are none of these, such as data-studio-vscode and data-studio-xpra.
  [/(?:^|\/)data-studio-/, 'studio'],
];
const byPort: readonly (readonly [number, ImageKind])[] = [
  [6901, 'desktop'],
  [8787, 'rstudio'],
  [8888, 'jupyter'],
];

/** The label `berth.kind` first, then known names, then the entrypoint and the ports; 'ssh' (plain) otherwise. */
export function kindOf({
  reference,
  exposedPorts = [],
  labels = {},
  entrypoint = [],
}: ImageTraits): ImageKind {
  const label = labels['berth.kind'];
  const labelled = imageKinds.find(kind => kind === label);
  if (labelled) return labelled;
  const name = reference.toLowerCase();
  return (
    byName.find(([pattern]) => pattern.test(name))?.[1] ??
    (hasConnectClient(entrypoint) ? 'studio' : undefined) ??
    byPort.find(([port]) => exposedPorts.includes(port))?.[1] ??
    'ssh'
  );
}

/** As an engine's image store describes it (engine.ts); of one that is not there only the name is known. */
interface Details extends Omit<Required<ImageTraits>, 'reference'> {
  readonly env: readonly string[];
  readonly command: readonly string[];
}

/** All that the defaults of a new workspace go by. */
export function knownImage(
  reference: string,
  details: Details | undefined,
): KnownImage & { readonly kind: ImageKind; readonly exposedPorts: readonly number[] } {
  return {
    kind: kindOf({ ...details, reference }),
    exposedPorts: details?.exposedPorts ?? [],
    insistsOnFirst: details !== undefined && insistsOnFirst(details),
    toolPort: details && toolPortOf(details.env),
  };
}

const firstPrograms: ReadonlySet<string | undefined> = new Set([
  '/init',
  '/sbin/init',
  '/usr/sbin/init',
  '/lib/systemd/systemd',
  '/usr/lib/systemd/systemd',
]);

/** Whether what the image runs must be PID 1: s6-overlay's `/init` and systemd refuse to be anything else. */
export function insistsOnFirst(image: {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}): boolean {
  return firstPrograms.has(image.entrypoint[0] ?? image.command[0]);
}

export interface Recommendation {
  readonly cpus?: number;
  readonly memoryMiB?: number;
  readonly diskGiB?: number;
}

/** From the labels `berth.cpus`, `berth.memory-mib` and `berth.disk-gib`; what is not a positive number is no advice. */
export function recommendationOf(labels: Readonly<Record<string, string>>): Recommendation {
  const read = (name: string) => {
    const value = Number(labels[name]);
    return Number.isFinite(value) && value > 0 ? value : undefined;
  };
  const cpus = read('berth.cpus');
  const memoryMiB = read('berth.memory-mib');
  const diskGiB = read('berth.disk-gib');
  return {
    ...(cpus === undefined ? {} : { cpus }),
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
    ...(diskGiB === undefined ? {} : { diskGiB }),
  };
}
