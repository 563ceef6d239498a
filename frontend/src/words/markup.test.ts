import { parse } from "svelte/compiler";
import { expect, it } from "vitest";

const components = import.meta.glob<string>("../**/*.svelte", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** What people read or hear of an element besides its text. */
const SPOKEN = ["alt", "aria-label", "placeholder", "title"];

/** Texts in the markup itself that are words, not signs like "·". */
function wordsIn(source: string): string[] {
  const found: string[] = [];
  const look = (node: unknown, attribute = "") => {
    if (Array.isArray(node)) return node.forEach((one) => look(one, attribute));
    if (typeof node !== "object" || node === null) return;
    const { type, name, data, value } = node as Record<string, unknown>;
    const inside = /Attribute|Directive/.test(String(type)) ? String(name) : attribute;
    const text = type === "Text" ? data : type === "Literal" ? value : "";
    const read = inside === "" ? type === "Text" : SPOKEN.includes(inside);
    if (read && typeof text === "string" && /[a-z]/i.test(text)) found.push(text.trim());
    for (const child of Object.values(node)) look(child, inside);
  };
  look(parse(source, { modern: true }).fragment);
  return found;
}

it("notices words in markup", () => {
  const markup = `<p title="why">{x} days</p><a class="b" aria-label={x ? "yes" : y}>· {"c"}</a>`;
  expect(wordsIn(markup)).toEqual(["why", "days", "yes"]);
});

it.each(Object.keys(components).sort())("%s has its sentences from words/", (path) => {
  expect(wordsIn(components[path] as string)).toEqual([]);
});
