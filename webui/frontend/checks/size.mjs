// The first load (entry, what it imports at once, its CSS, one language) stays within the budget.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KIB = 260;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist)));
const first = new Set(["index.html"]);
const startPage = "src/now/NowPage.tsx";
const language = Object.keys(manifest).filter((key) => key.endsWith("/ru.json"));

/** Everything that `key` needs before it runs. */
function load(key) {
  first.add(key);
  for (const next of manifest[key].imports ?? []) if (!first.has(next)) load(next);
}
for (const key of ["index.html", startPage, ...language]) load(key);
const files = new Set([...first].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]));
const bytes = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist))).length, 0);
const kib = bytes / 1024;
console.log(`first load: ${kib.toFixed(1)} KiB gzip in ${files.size} files, budget ${BUDGET_KIB}`);
if (kib > BUDGET_KIB) process.exit(1);
