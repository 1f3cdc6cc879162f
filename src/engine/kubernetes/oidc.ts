/** The `oidc` auth provider of kubeconfigs: an ID token, renewed at the identity provider (OpenID Connect Core 1.0, 12). */
import { readFile } from 'node:fs/promises';
import { ClientRequest } from 'node:http';
import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { writeAtomically } from '../../ssh/atomicWrite.ts';
import { BerthError } from '../../workspace/error.ts';
import { connect } from './connect.ts';
import { type Login, LoginCache, type LoginSource } from './login.ts';
import { proxyFor } from './proxyRules.ts';

const timeoutMs = 15_000;
const maxBodyBytes = 1 << 20;

export class Oidc implements LoginSource {
  readonly #config: ReadonlyMap<string, string>;
  readonly #file: string;
  readonly #context: string;
  readonly #cache: LoginCache;
  #idToken: string | undefined;
  #refreshToken: string | undefined;

  /** `file` is the kubeconfig that holds the tokens: renewed ones are kept there, as kubectl does. */
  constructor(config: ReadonlyMap<string, string>, file: string, context: string) {
    this.#config = config;
    this.#file = file;
    this.#context = context;
    this.#idToken = config.get('id-token');
    this.#refreshToken = config.get('refresh-token');
    this.#cache = new LoginCache(() => this.#get());
  }

  login(signal?: AbortSignal): Promise<Login> {
    return this.#cache.login(signal);
  }

  forget(): void {
    this.#idToken = undefined;
    this.#cache.forget();
  }

  async #get(): Promise<{ login: Login; expiresAt: number | undefined }> {
    const idToken = this.#idToken;
    const expiresAt = idToken === undefined ? 0 : expiryOf(idToken);
    if (idToken === undefined || expiresAt < Date.now() + 10_000) return await this.#renew();
    return { login: { token: idToken }, expiresAt };
  }

  async #renew(): Promise<{ login: Login; expiresAt: number | undefined }> {
    const issuer = this.#config.get('idp-issuer-url');
    const clientId = this.#config.get('client-id');
    const refreshToken = this.#refreshToken;
    if (issuer === undefined || clientId === undefined || refreshToken === undefined) {
      throw this.#failed(l10n.t('the ID token has expired, and there is nothing to renew it with.'));
    }
    try {
      const wellKnown = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
      const { token_endpoint: endpoint } = Discovery.parse(await this.#fetch(wellKnown));
      const secret = this.#config.get('client-secret') ?? '';
      const form = new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        client_id: clientId,
        ...(secret !== '' && { client_secret: secret }),
      });
      const answer = Tokens.parse(await this.#fetch(endpoint, form.toString()));
      this.#idToken = answer.id_token;
      this.#refreshToken = answer.refresh_token ?? refreshToken;
      await this.#keep([
        [this.#config.get('id-token'), answer.id_token],
        [refreshToken, this.#refreshToken],
      ]);
      return { login: { token: answer.id_token }, expiresAt: expiryOf(answer.id_token) };
    } catch (cause) {
      throw this.#failed(
        l10n.t('{0} did not renew the login.', new URL(issuer).host),
        // A schema's error would quote the tokens.
        cause instanceof z.ZodError ? undefined : cause,
      );
    }
  }

  /** Puts the new tokens in the place of the old ones and leaves all else as it stands, comments too. */
  async #keep(changes: readonly (readonly [string | undefined, string])[]): Promise<void> {
    const before = await readFile(this.#file, 'utf8').catch(() => undefined);
    if (before === undefined) return;
    const after = changes.reduce(
      (text, [old, fresh]) => (old === undefined || old === fresh ? text : text.replaceAll(old, () => fresh)),
      before,
    );
    // A file that cannot be written: the tokens last as long as this process does.
    if (after !== before) await writeAtomically(this.#file, after, { mode: 0o600 }).catch(() => undefined);
  }

  /** A POST where there is a form; the answer as JSON. */
  async #fetch(url: string, form?: string): Promise<unknown> {
    const { pathname, search, host, origin } = new URL(url);
    const signal = AbortSignal.timeout(timeoutMs);
    const ca = await this.#ca();
    const access = {
      server: origin,
      proxy: proxyFor(origin, process.env),
      tls: { verify: true, ...(ca !== undefined && { ca }) },
      headers: {},
    };
    const socket = await connect(access, signal);
    try {
      return await new Promise((resolve, reject) => {
        const request = new ClientRequest({
          method: form === undefined ? 'GET' : 'POST',
          path: pathname + search,
          headers: {
            host,
            accept: 'application/json',
            connection: 'close',
            ...(form !== undefined && {
              'content-type': 'application/x-www-form-urlencoded',
              'content-length': Buffer.byteLength(form),
            }),
          },
          createConnection: () => socket,
          signal,
        });
        request.once('error', reject);
        request.once('response', answer => {
          let body = '';
          answer.setEncoding('utf8').on('data', (text: string) => {
            body += text;
            if (body.length > maxBodyBytes) answer.destroy(new Error('the answer has no end'));
          });
          answer.once('error', reject);
          answer.once('end', () => {
            if (answer.statusCode !== 200) reject(new Error(`HTTP ${answer.statusCode}`));
            else resolve(parsed(body));
          });
        });
        request.end(form);
      });
    } finally {
      socket.destroy();
    }
  }

  async #ca(): Promise<string | undefined> {
    const data = this.#config.get('idp-certificate-authority-data');
    if (data !== undefined) return Buffer.from(data, 'base64').toString();
    const file = this.#config.get('idp-certificate-authority');
    return file === undefined ? undefined : await readFile(file, 'utf8');
  }

  #failed(why: string, cause?: unknown): BerthError {
    return new BerthError(
      l10n.t(
        'The login of the context “{0}” has run out: {1} Log in again with the tool that wrote your kubeconfig.',
        this.#context,
        why,
      ),
      { code: 'unreachable', ...(cause !== undefined && { cause }) },
    );
  }
}

const Discovery = z.object({ token_endpoint: z.url() });
const Tokens = z.object({ id_token: z.string().min(1), refresh_token: z.string().min(1).optional() });
const Claims = z.object({ exp: z.number() });

/** Unix time in ms; 0 for what is no token with an end (RFC 7519). Pure. */
export function expiryOf(token: string): number {
  const [, payload = ''] = token.split('.');
  const claims = Claims.safeParse(parsed(Buffer.from(payload, 'base64url').toString()));
  return claims.success ? claims.data.exp * 1000 : 0;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
