/** What Vite adds: style sheets as side-effect imports, and the mode of the build (`fake`: with the stand-in core). */
declare module '*.css';

interface ImportMeta {
  readonly env: { readonly MODE: string };
}
