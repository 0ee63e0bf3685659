// Every language has every label, with the same places to fill, and no label is left over.
import { globSync, readFileSync } from "node:fs";

const LANGUAGES = ["en", "pt-BR", "ro", "pl", "ru", "es"];
const folder = new URL("../src/texts/", import.meta.url);
const read = (language) => JSON.parse(readFileSync(new URL(`${language}.json`, folder)));
const plural = /_(zero|one|two|few|many|other)$/;
const stem = (key) => key.replace(plural, "");
const places = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort().join();
const faults = [];

const english = read("en");
for (const language of LANGUAGES) {
  const texts = read(language);
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const wanted = new Set(
    Object.keys(english).flatMap((key) => (plural.test(key) ? forms.map((form) => `${stem(key)}_${form}`) : [key])),
  );
  for (const key of wanted) {
    if (!texts[key]) faults.push(`${language}: ${key} is missing`);
    const model = english[key] ?? english[`${stem(key)}_other`];
    const same = !texts[key] || plural.test(key) || places(texts[key]) === places(model);
    if (!same) faults.push(`${language}: ${key} has other places than in English`);
  }
  for (const key of Object.keys(texts)) if (!wanted.has(key)) faults.push(`${language}: ${key} is left over`);
}

const source = globSync("src/**/*.{ts,tsx}", { cwd: new URL("..", import.meta.url) })
  .map((file) => readFileSync(new URL(`../${file}`, import.meta.url), "utf8"))
  .join("\n");
const begun = [...source.matchAll(/`([a-z]+\.[a-z-]*)\$\{|named\("([a-z]+\.[a-z-]*)"/g)].map((match) => match[1] ?? match[2]);
for (const key of new Set(Object.keys(english).map(stem))) {
  const used = source.includes(`"${key}"`) || begun.some((start) => key.startsWith(start));
  if (!used) faults.push(`${key} is used nowhere`);
}

for (const fault of faults) console.error(fault);
console.log(`texts: ${Object.keys(english).length} labels in ${LANGUAGES.length} languages, ${faults.length} faults`);
if (faults.length > 0) process.exit(1);
