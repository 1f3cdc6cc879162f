/** Who a registry is told that we are. Where logins come from, is nobody else's business. */

/** As registries, Docker's API and `config.json` name them. */
export type RegistryCredentials =
  | { readonly username: string; readonly password: string }
  /** A refresh token (OAuth 2), to be changed for an access token. */
  | { readonly identitytoken: string }
  /** An access token, to be shown to the registry as it is. */
  | { readonly registrytoken: string };

/** Somewhere that logins are kept. */
export interface CredentialSource {
  /**
   * The login for a registry, such as 'ghcr.io' or 'docker.io', or undefined: anonymous. The repository counts where
   * logins are kept by organisation. Throws a BerthError where there may be a login but it cannot be had.
   */
  credentials(registry: string, repository?: string): Promise<RegistryCredentials | undefined>;
}
