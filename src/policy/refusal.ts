/** Whether policies let a workspace be as it is wanted: its settings, its image, and what its catalogue's entry asks for. Pure. */
import * as l10n from '@vscode/l10n';
import { forbidderOf } from '../image/catalogue/trustPolicy.ts';
import {
  defaultRegistry,
  familiarReference,
  formatReference,
  isDockerHub,
  isImageId,
  parseReference,
} from '../image/reference.ts';
import { BerthError } from '../workspace/error.ts';
import type { EngineKind } from '../workspace/field.ts';
import { grantsOf } from '../workspace/grants.ts';
import { askedFor } from '../workspace/policy/asked.ts';
import type { Bounds, Said } from '../workspace/policy/bounds.ts';
import { type Violation, violationsOf } from '../workspace/policy/check.ts';
import { fitsPattern } from '../workspace/policy/pattern.ts';
import { settingFields } from '../workspace/policy/rules.ts';
import type { WorkspaceSettings } from '../workspace/settings.ts';

type SaidLists = Bounds['images'];

/** All that stands in the way, in the order of the form. */
export function refusals(
  settings: WorkspaceSettings,
  bounds: Bounds,
  engine: EngineKind,
): readonly Violation[] {
  const image = imageProblem(settings.image, bounds);
  const { fromCatalogue } = settings;
  const catalogue = fromCatalogue && catalogueProblem(fromCatalogue.catalogue, bounds);
  const trust = grantsOf(settings.overrides ?? {}).flatMap(grant => {
    const by = forbidderOf(grant, { forbidden: bounds.trust });
    return by === undefined ? [] : [l10n.t('{0} forbids it: {1}.', by, grant.words)];
  });
  const at = (key: Violation['key'], messages: readonly (string | undefined)[]): Violation[] =>
    messages
      .filter(message => message !== undefined)
      .map(message => ({ key, title: l10n.t(settingFields.get(key)?.title ?? key), message }));
  const own = violationsOf(settings, bounds, engine);
  const asked = askedProblems(settings, bounds, engine).filter(({ key }) =>
    own.every(other => other.key !== key),
  );
  return [
    ...at('image', [image]),
    ...own,
    ...at('fromCatalogue', [catalogue]),
    ...at('overrides', [...trust, ...asked.map(({ title, message }) => l10n.t('{0}: {1}', title, message))]),
  ];
}

/** Rules of settings hold for what a catalogue's entry asks for in their stead. */
function askedProblems(
  settings: WorkspaceSettings,
  bounds: Bounds,
  engine: EngineKind,
): readonly Violation[] {
  const asked = askedFor(settings);
  const touched = Object.entries(bounds.settings).filter(([key]) => Object.hasOwn(asked, key));
  return violationsOf(asked, { settings: Object.fromEntries(touched) }, engine);
}

/** Throws 'invalid' with all of them. `what`: such as 'Cannot create “web”'. */
export function refuse(what: string, violations: readonly Violation[]): void {
  if (violations.length === 0) return;
  const words = violations.map(({ title, message }) => `${title}: ${message}`).join(' ');
  throw policyError(l10n.t('{0}. {1}', what, words));
}

export function policyError(message: string, cause?: unknown): BerthError {
  return new BerthError(message, {
    code: 'invalid',
    cause,
    action: { label: l10n.t('Show Policy'), command: 'berth.showPolicy' },
  });
}

/** Why nobody who has that many on a target may have one more there. `target`: its title. */
export function countProblem(
  count: number,
  target: string,
  { workspacesPerPerson: most }: Bounds,
): string | undefined {
  if (!most || count < most.value) return undefined;
  return l10n.t(
    'You have {0} workspaces on {1}, and {2} allows {3}. Delete one of them first.',
    count,
    target,
    most.by,
    most.value,
  );
}

/** Why the image may not be used; undefined where it may. */
export function imageProblem(image: string, bounds: Bounds): string | undefined {
  const { images, registries } = bounds;
  const [first] = [...images.allow, ...images.forbid, ...registries.allow, ...registries.forbid];
  if (!first) return undefined;
  const names = namesOf(image);
  if (!names) return l10n.t('{0} allows images only by their name: “{1}” is none.', first.by, image);
  const refused = registryProblem(names.registry, bounds);
  if (refused !== undefined) return refused;
  const by = refuserOf(images, names.certain, names.all);
  return by === undefined ? undefined : l10n.t('{0} does not allow the image {1}.', by, image);
}

/** Why a registry may not be used. */
export function registryProblem(host: string, { registries }: Bounds): string | undefined {
  const by = refuserOf(registries, [host], [host, plainHost(host)]);
  return by === undefined ? undefined : l10n.t('{0} does not allow the registry {1}.', by, host);
}

/** Why a catalogue may not be used. `address`: as it is kept. */
export function catalogueProblem(address: string, { catalogues }: Bounds): string | undefined {
  const by = refuserOf(catalogues, [address], [address]);
  return by === undefined ? undefined : l10n.t('{0} does not allow the catalogue {1}.', by, address);
}

/** `certain` names count for what is allowed, `all` of them for what is forbidden. */
function refuserOf(
  { allow, forbid }: SaidLists,
  certain: readonly string[],
  all: readonly string[],
): string | undefined {
  const fits = ({ value }: Said<readonly string[]>, names: readonly string[]) =>
    value.some(pattern => names.some(name => fitsPattern(pattern, name)));
  return (forbid.find(one => fits(one, all)) ?? allow.find(one => !fits(one, certain)))?.by;
}

/** How the image may be written. Beside a digest a tag says nothing for sure. */
function namesOf(image: string) {
  if (isImageId(image)) return undefined;
  try {
    const { registry, repository, tag, digest } = parseReference(image);
    const written = (host: string) => {
      const bare = { registry: host, repository };
      const both = (reference: Parameters<typeof formatReference>[0]) => [
        formatReference(reference),
        familiarReference(reference),
      ];
      const tagged = both({ ...bare, tag: tag ?? 'latest' });
      const hasTag = tag !== undefined || digest === undefined;
      const certain = [...both(bare), ...(digest === undefined ? tagged : both({ ...bare, digest }))];
      return { certain, all: [...certain, ...(hasTag ? tagged : [])] };
    };
    const { certain, all } = written(registry);
    return { registry, certain, all: [...all, ...written(plainHost(registry)).all] };
  } catch {
    return undefined;
  }
}

/** The same registry as everybody writes it. */
function plainHost(host: string): string {
  const plain = host.toLowerCase().replace(/:443$/, '');
  return isDockerHub(plain) ? defaultRegistry : plain;
}
