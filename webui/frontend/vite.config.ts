// How the pages are built: one folder of hashed files, every page but the first loaded on demand.
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { marked } from "marked";
import { defineConfig, type Plugin } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Help is written in Markdown and becomes HTML here, so the browser needs no renderer. */
const help: Plugin = {
  name: "help-as-html",
  transform(source, id) {
    if (!id.endsWith(".md")) return null;
    return { code: `export default ${JSON.stringify(marked.parse(source))}`, map: null };
  },
};

export default defineConfig({
  plugins: [react(), help],
  resolve: { alias: { "@texts": at("../../firmware/contract/texts"), "@help": at("../../docs/help") } },
  server: { fs: { allow: [at("../..")] }, proxy: { "/api": { target: "http://127.0.0.1:8080", ws: true } } },
  build: { outDir: "dist", emptyOutDir: true, manifest: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
