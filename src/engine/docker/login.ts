/** Who logs in to a workspace, and where the home is: from the image's user, its /etc/passwd and the settings. */
import type Dockerode from 'dockerode';
import type { WorkspaceName } from '../../workspace/name.ts';
import type { LoginUser } from '../../workspace/record.ts';
import { isRoot } from '../../workspace/rootUser.ts';
import type { ImageDetails } from '../engine.ts';
import { loginUser, userPart, type WantedLogin } from '../loginUser.ts';
import { readFile } from './archive.ts';
import { withPassage } from './passage.ts';

const maxPasswdBytes = 4 * 1024 ** 2;

/** Images are asked once for each engine object: they never change. */
export class LoginUsers {
  readonly #docker: Dockerode;
  readonly #passwd = new Map<string, string>();

  constructor(docker: Dockerode) {
    this.#docker = docker;
  }

  /** `name` is whose record asks: what a killed process left of the look goes with that workspace. */
  async of(
    name: WorkspaceName,
    image: ImageDetails,
    settings: WantedLogin,
    signal: AbortSignal,
  ): Promise<LoginUser> {
    return loginUser(
      image.user,
      settings,
      isRoot(settings.user ?? userPart(image.user)) ? '' : await this.#read(name, image.id, signal),
    );
  }

  async #read(name: WorkspaceName, imageId: string, signal: AbortSignal): Promise<string> {
    const known = this.#passwd.get(imageId);
    if (known !== undefined) return known;
    const file = await withPassage(this.#docker, { name, image: imageId }, container =>
      readFile(container, '/etc/passwd', maxPasswdBytes, signal),
    );
    const text = file?.content ?? '';
    this.#passwd.set(imageId, text);
    return text;
  }
}
