/** What Docker's `config.json` and Podman's `auth.json` say about logging in to a registry. Pure. */
import * as z from 'zod';
import type { RegistryCredentials } from './credentials.ts';
import { defaultRegistry } from './reference.ts';

/** Docker names its own registry by this address, in files and to helpers. */
export const dockerHubKey = 'https://index.docker.io/v1/';

const text = z.string().nullish();
const Auth = z.object({
  auth: text,
  username: text,
  password: text,
  identitytoken: text,
  registrytoken: text,
});
type Auth = z.infer<typeof Auth>;

/** Entries are looked at only when they are asked for: one that is broken is no other registry's business. */
export const LoginFile = z.object({
  auths: z.record(z.string(), z.unknown()).nullish(),
  credsStore: text,
  credHelpers: z.record(z.string(), z.unknown()).nullish(),
});

export interface LoginDocument extends z.infer<typeof LoginFile> {
  /** Where it stands, for people. */
  readonly name: string;
  /** Podman keeps logins by organisation too, and calls Docker's registry by its name. */
  readonly flavour: 'docker' | 'podman';
}

export type Login =
  | { readonly kind: 'none' }
  | { readonly kind: 'inline'; readonly credentials: RegistryCredentials }
  /** There is an entry, but it says nothing that could be shown to a registry. */
  | { readonly kind: 'unreadable' }
  /** `docker-credential-<helper>` knows it by that name. */
  | { readonly kind: 'helper'; readonly helper: string; readonly server: string };

/** As Docker chooses: a helper for this registry, else the store for all, else what stands in the file itself. */
export function loginFor(document: LoginDocument, registry: string, repository?: string): Login {
  const isHub = registry === defaultRegistry;
  const server = isHub && document.flavour === 'docker' ? dockerHubKey : registry;
  const named = lookUp(document.credHelpers, [registry]);
  if (typeof named === 'string' && named !== '') return { kind: 'helper', helper: named, server };
  if (document.credsStore) return { kind: 'helper', helper: document.credsStore, server };
  const found = lookUp(document.auths, scopes(registry, repository));
  if (found === undefined || found === null) return { kind: 'none' };
  const auth = Auth.safeParse(found);
  return auth.success ? loginOf(auth.data) : { kind: 'unreadable' };
}

function loginOf(auth: Auth): Login {
  if (auth.identitytoken) return { kind: 'inline', credentials: { identitytoken: auth.identitytoken } };
  if (auth.registrytoken) return { kind: 'inline', credentials: { registrytoken: auth.registrytoken } };
  if (auth.auth) {
    const plain = Buffer.from(auth.auth, 'base64').toString('utf8');
    const colon = plain.indexOf(':');
    if (colon <= 0) return { kind: 'unreadable' };
    // Docker once padded what it wrote with zeros.
    const [username, password] = [plain.slice(0, colon), plain.slice(colon + 1).replace(/\0+$/, '')];
    return { kind: 'inline', credentials: { username, password } };
  }
  if (auth.username && auth.password) {
    return { kind: 'inline', credentials: { username: auth.username, password: auth.password } };
  }
  // `docker login` with a store leaves an empty entry behind.
  return { kind: 'none' };
}

/** 'quay.io/org/app', 'quay.io/org', 'quay.io': the closest counts (containers-auth.json(5)). */
function scopes(registry: string, repository: string | undefined): string[] {
  const parts = repository?.split('/') ?? [];
  return [...parts.keys()]
    .map(index => [registry, ...parts.slice(0, parts.length - index)].join('/'))
    .concat(registry);
}

function lookUp(
  entries: Readonly<Record<string, unknown>> | null | undefined,
  wanted: readonly string[],
): unknown {
  const all = Object.entries(entries ?? {});
  for (const scope of wanted) {
    const found = all.find(([key]) => key === scope) ?? all.find(([key]) => plainKey(key) === scope);
    if (found) return found[1];
  }
  return undefined;
}

/** Keys as old as Docker's first registry: with a scheme, with `/v1/`, under one of the names of Docker Hub. */
function plainKey(key: string): string {
  const [, scheme, rest = ''] = /^(https?:\/\/)?(.*)$/i.exec(key) ?? [];
  const [host = '', ...path] = rest.replace(/\/(?:v[12]\/?)?$/, '').split('/');
  const isHub = ['index.docker.io', 'registry-1.docker.io', defaultRegistry].includes(host.toLowerCase());
  const name = isHub ? defaultRegistry : host;
  return scheme === undefined ? [name, ...path].join('/') : name;
}
