/** MJML 5 carries no types of its own; this is the part that build.ts uses. */
declare module 'mjml' {
  function mjml2html(
    source: string,
    options: {
      validationLevel: 'strict';
      keepComments: boolean;
      minify: boolean;
      fonts: Record<string, string>;
    },
  ): Promise<{ html: string }>;
  export = mjml2html;
}
