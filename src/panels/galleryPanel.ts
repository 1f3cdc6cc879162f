/** The panel of the gallery: one for all catalogues. */
import * as l10n from '@vscode/l10n';
import type { WebviewPanel } from 'vscode';
import type { Shelf } from '../image/catalogue/shelf.ts';
import { GallerySession } from './gallerySession.ts';
import { createPanel, type Doors, deskFor, type PageKind, servePage } from './page.ts';
import { type GalleryRequest, type PageServices, pageTypes } from './services.ts';

const kind: PageKind = { type: pageTypes.gallery, bundle: 'galleryPage', icon: 'berth', hasPictures: true };

let open: { readonly panel: WebviewPanel; session: GallerySession | undefined } | undefined;

/** Opens the gallery, or shows the one that is open, at that entry where one is given. */
export function openGallery(
  services: PageServices,
  shelf: Shelf,
  doors: Doors,
  request: GalleryRequest,
): void {
  if (open) {
    open.panel.reveal();
    open.session?.reveal(request);
  } else restoreGallery(services, shelf, doors, createPanel(kind, l10n.t('Catalogues')), request);
}

/** Takes over a panel that the editor restored after a reload; what it showed its page knows. */
export function restoreGallery(
  services: PageServices,
  shelf: Shelf,
  doors: Doors,
  panel: WebviewPanel,
  request: GalleryRequest = {},
): void {
  const own: NonNullable<typeof open> = { panel, session: undefined };
  open = own;
  panel.title = l10n.t('Catalogues');
  panel.onDidDispose(() => {
    if (open === own) open = undefined;
  });
  const desk = deskFor(panel, doors);
  servePage(
    panel,
    kind,
    services.extensionUri,
    post => {
      own.session = new GallerySession(services, shelf, desk, request, post);
      return own.session;
    },
    (message, error) => services.log('warn', message, error),
  );
}
