/** The document of a page: an empty body, one script, one style sheet, and a policy that lets nothing else in. */
import { escapeHtml } from '../workspace/html.ts';

export interface PageParts {
  /** `webview.cspSource`: where the extension's own files come from. */
  readonly source: string;
  /** Fresh for each document. */
  readonly nonce: string;
  /** Another one, which the page can read: the toolkit tries one style sheet out with it. */
  readonly styleNonce: string;
  readonly script: string;
  readonly style: string;
  readonly title: string;
  /** Pictures that the host hands over itself: nothing is ever loaded from elsewhere. */
  readonly hasPictures?: boolean;
  /** BCP 47 */
  readonly language: string;
}

/** No remote content, no inline script, no inline style but the toolkit's, no frames, no forms that post. */
export function pageHtml({
  source,
  nonce,
  styleNonce,
  script,
  style,
  title,
  hasPictures = false,
  language,
}: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'nonce-${styleNonce}'`,
    ...(hasPictures ? ['img-src data:'] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta property="csp-nonce" content="${escapeHtml(styleNonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${escapeHtml(style)}">
</head>
<body>
<main id="page"></main>
<script nonce="${escapeHtml(nonce)}" src="${escapeHtml(script)}"></script>
</body>
</html>
`;
}
