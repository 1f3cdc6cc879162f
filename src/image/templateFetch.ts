/** Fetches the file of a template: from the host that was agreed to and no other, bounded in time and size. */
import * as l10n from '@vscode/l10n';
import { mostCharacters } from '../template/commentedJson.ts';
import { parseTemplate, type ReadTemplate } from '../template/template.ts';
import { type NetworkOptions, RegistryHttp } from './registryHttp.ts';
import { RegistryProblem, saying } from './registryProblem.ts';

const limits = { answerMs: 15_000, totalMs: 30_000, patienceMs: 2_000 };

/** Throws BerthError: 'unreachable', 'not-found', 'failed', or 'invalid' for what is no template. */
export async function fetchTemplate(
  url: URL,
  network: NetworkOptions,
  signal: AbortSignal,
): Promise<ReadTemplate> {
  using http = new RegistryHttp(url.host, { ...network, staysOnHost: true, limits });
  const { body } = await saying(
    why => l10n.t('Cannot fetch the template {0}: {1}', url.href, why),
    signal,
    async () => {
      const answer = await http.send({ url, method: 'GET', maxBytes: mostCharacters, signal }, url.origin);
      if (answer.status === 200) return answer;
      throw new RegistryProblem(
        l10n.t('{0} answered with HTTP {1}.', url.host, answer.status),
        answer.status === 404 ? 'not-found' : 'failed',
      );
    },
  );
  return parseTemplate(body.toString('utf8'), url.href);
}
