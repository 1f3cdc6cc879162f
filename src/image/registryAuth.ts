/** Logs in to one registry as it asks to be (Basic, or Bearer with a token server), and remembers it in memory only. */
import * as l10n from '@vscode/l10n';
import { orAborted } from '../engine/waiting.ts';
import { type BerthError, isBerthError } from '../workspace/error.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { CredentialSource, RegistryCredentials } from './credentials.ts';
import { basicHeader } from './loginFormats.ts';
import type { RegistryHttp } from './registryHttp.ts';
import { RegistryProblem } from './registryProblem.ts';
import { fetchToken, type Token } from './tokenServer.ts';

/** One value of the header `Authorization`, and until when it may be used (ms since 1970). */
interface Authorization {
  readonly value: string;
  readonly until: number;
}

export interface RegistryAuthOptions {
  /** As people name it, such as 'docker.io'. */
  readonly registry: string;
  readonly http: RegistryHttp;
  /** Default: anonymous. */
  readonly credentials?: CredentialSource;
}

/** What a request is for: the login may depend on it. */
export interface Purpose {
  /** Such as 'repository:library/debian:pull' (distribution, token scope); empty: nothing in particular. */
  readonly scope: string;
  readonly repository?: string;
}

export class RegistryAuth {
  readonly #registry: string;
  readonly #http: RegistryHttp;
  readonly #source: CredentialSource | undefined;
  readonly #known = new Map<string, Authorization>();
  /** Asked for now: a helper may take a person's time, so it runs once however many requests wait. */
  readonly #asked = new Map<string, Promise<RegistryCredentials | undefined>>();
  /** What a token server gave in the place of an identity token, which may be of no use any more. */
  readonly #renewed = new Map<string, string>();
  #noLogin: BerthError | undefined;
  #hadLogin = false;

  constructor({ registry, http, credentials }: RegistryAuthOptions) {
    this.#registry = registry;
    this.#http = http;
    this.#source = credentials;
  }

  /** For a request like those that went through before; undefined: try without. */
  known({ scope }: Purpose): string | undefined {
    const known = this.#known.get(scope);
    if (known && known.until > Date.now()) return known.value;
    this.#known.delete(scope);
    return undefined;
  }

  /** What the registry wants after it has answered 401; throws where we have nothing to give, or it was refused already. */
  async answer(
    header: string | undefined,
    purpose: Purpose,
    refused: string | undefined,
    origin: string,
    signal: AbortSignal,
  ): Promise<string> {
    this.#known.delete(purpose.scope);
    const challenges = parseChallenges(header ?? '');
    const bearer = challenges.find(
      ({ scheme, parameters }) => scheme === 'bearer' && parameters.get('realm'),
    );
    const basic = challenges.find(({ scheme }) => scheme === 'basic');
    if (!bearer && !basic) throw unknownWay(this.#registry, challenges);
    const credentials = await orAborted(this.#credentials(purpose.repository), signal);
    this.#hadLogin = credentials !== undefined;
    const authorization = bearer
      ? await this.#bearer(bearer, purpose, credentials, origin, signal)
      : this.#basic(credentials, purpose);
    if (authorization.value === refused) throw this.refusal(purpose);
    this.#known.set(purpose.scope, authorization);
    return authorization.value;
  }

  /** Why a request that showed all we have was refused. */
  refusal({ repository }: Purpose): RegistryProblem {
    if (this.#noLogin) return new RegistryProblem(this.#noLogin.message, 'pull-refused', this.#noLogin.cause);
    if (this.#hadLogin) {
      const why = l10n.t(
        '{0} refused the login. It may have expired, or lack the right: log in anew.',
        this.#registry,
      );
      return new RegistryProblem(why, 'pull-refused');
    }
    return new RegistryProblem(
      repository === undefined
        ? l10n.t('{0} wants a login. Log in to it, for example with docker login.', this.#registry)
        : l10n.t('{0} has no such image, or it is private and needs a login.', this.#registry),
      'pull-refused',
    );
  }

  #basic(credentials: RegistryCredentials | undefined, purpose: Purpose): Authorization {
    if (credentials === undefined) throw this.refusal(purpose);
    const until = Number.POSITIVE_INFINITY;
    if ('registrytoken' in credentials) return { value: `Bearer ${credentials.registrytoken}`, until };
    if ('password' in credentials) return { value: basicHeader(credentials), until };
    throw new RegistryProblem(
      l10n.t('{0} wants a user and a password, but the login is a token. Log in to it anew.', this.#registry),
      'pull-refused',
    );
  }

  async #bearer(
    challenge: Challenge,
    purpose: Purpose,
    credentials: RegistryCredentials | undefined,
    origin: string,
    signal: AbortSignal,
  ): Promise<Authorization> {
    if (credentials && 'registrytoken' in credentials) return this.#basic(credentials, purpose);
    const begin = Date.now();
    const request = {
      realm: challenge.parameters.get('realm') ?? '',
      service: challenge.parameters.get('service'),
      // What some ask for at /v2/ is of no image that there is.
      scope: purpose.scope && (challenge.parameters.get('scope') || purpose.scope),
      origin,
      signal,
    };
    const identity = credentials && 'identitytoken' in credentials ? credentials.identitytoken : undefined;
    const renewed = identity === undefined ? undefined : this.#renewed.get(identity);
    let token: Token | 'refused' = 'refused';
    if (renewed !== undefined) {
      token = await fetchToken(this.#http, { ...request, credentials: { identitytoken: renewed } });
    }
    if (token === 'refused') token = await fetchToken(this.#http, { ...request, credentials });
    if (token === 'refused') throw this.refusal(purpose);
    if (identity !== undefined && token.identitytoken !== undefined) {
      this.#renewed.set(identity, token.identitytoken);
    }
    // A little earlier than told, for the way there.
    return { value: `Bearer ${token.value}`, until: begin + token.lifetimeMs * 0.9 };
  }

  /** Many images need no login: where logins cannot be read, that matters only if the registry refuses us without. */
  #credentials(repository = ''): Promise<RegistryCredentials | undefined> {
    const asked = this.#asked.get(repository) ?? this.#ask(repository);
    this.#asked.set(repository, asked);
    return asked;
  }

  async #ask(repository: string): Promise<RegistryCredentials | undefined> {
    try {
      this.#noLogin = undefined;
      return await this.#source?.credentials(this.#registry, repository || undefined);
    } catch (error) {
      if (!isBerthError(error)) throw error;
      this.#noLogin = error;
      return undefined;
    } finally {
      this.#asked.delete(repository);
    }
  }
}

function unknownWay(registry: string, challenges: readonly Challenge[]): RegistryProblem {
  const ways = challenges.map(({ scheme }) => scheme.slice(0, 20)).slice(0, 5);
  return new RegistryProblem(
    ways.length === 0
      ? l10n.t('{0} refuses us without saying how to log in.', registry)
      : l10n.t('{0} wants a login of a kind that Berth does not know: {1}.', registry, ways.join(', ')),
    'unsupported',
  );
}
