/** The document of a page: an empty body, one script, one style sheet, and a policy that lets nothing else in. */

export interface PageParts {
  /** `webview.cspSource`: where the extension's own files come from. */
  readonly source: string;
  /** Fresh for each document. */
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
  readonly title: string;
  /** BCP 47 */
  readonly language: string;
}

/** No remote content, no inline style or script, no frames, no forms that post. */
export function pageHtml({ source, nonce, script, style, title, language }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escape(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<link rel="stylesheet" href="${escape(style)}">
</head>
<body>
<main id="page"></main>
<script nonce="${escape(nonce)}" src="${escape(script)}"></script>
</body>
</html>
`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
