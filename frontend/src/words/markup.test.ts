import { parse } from "svelte/compiler";
import { expect, it } from "vitest";

const sources = import.meta.glob<string>(["../**/*.svelte", "../**/*.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
});

/** What people read or hear of an element besides its text. */
const SPOKEN = ["alt", "aria-label", "aria-description", "label", "placeholder", "title"];
/** Attributes with several names that nobody reads. */
const NAMES = ["class", "style", "aria-describedby", "aria-labelledby"];

/** Where a string stands: in the page's text, in an attribute of this name, or in code. */
type Place = { kind: "text" } | { kind: "attribute"; name: string } | { kind: "code" };

/** Signs like "·" are no words; two of them in a row are a sentence, in code, too. */
function isRead(text: string, place: Place): boolean {
  const sentence = /[a-z] [a-z]/i.test(text);
  if (place.kind === "code") return sentence;
  if (place.kind === "text") return /[a-z]/i.test(text);
  if (NAMES.includes(place.name)) return false;
  return SPOKEN.includes(place.name) ? /[a-z]/i.test(text) : sentence;
}

type Node = Record<string, unknown>;

/** The string of a node, if it is one that is shown, or may be. */
function textOf(node: Node): string {
  if (node["type"] === "Text") return String(node["data"]);
  if (node["type"] === "Literal" && typeof node["value"] === "string") return node["value"];
  if (node["type"] === "TemplateElement") return (node["value"] as { raw: string }).raw;
  return "";
}

/** Where the children of a node stand, in which it stands itself. */
function within(node: Node, place: Place): Place {
  const type = String(node["type"]);
  if (/Attribute|Directive/.test(type)) return { kind: "attribute", name: String(node["name"]) };
  if (place.kind === "code" && type === "ExpressionTag") return { kind: "text" };
  // What is compared, not shown.
  if (place.kind === "text" && type === "BinaryExpression") return { kind: "code" };
  return place;
}

/** Strings that people read. What is only thrown or imported is not. */
function wordsIn(source: string): string[] {
  const found: string[] = [];
  const look = (node: unknown, place: Place) => {
    if (Array.isArray(node)) return node.forEach((one) => look(one, place));
    if (typeof node !== "object" || node === null) return;
    const n = node as Node;
    if (n["type"] === "ThrowStatement" || n["type"] === "ImportDeclaration") return;
    const here = within(n, place);
    const text = textOf(n).trim();
    if (isRead(text, n["type"] === "Text" && here.kind === "code" ? { kind: "text" } : here))
      found.push(text);
    for (const child of Object.values(n)) look(child, here);
  };
  const { fragment, instance } = parse(source, { modern: true });
  look(fragment, { kind: "code" });
  look(instance?.content, { kind: "code" });
  return found;
}

const script = (code: string) => `<script lang="ts">${code}</script>`;

it.each([
  [`<p title="why">{x} days</p>`, ["why", "days"]],
  [`<a class="b c" aria-label={x ? "yes" : y}>· {"c"}</a>`, ["yes", "c"]],
  [`<p>{x === "old" ? "Old" : \`New \${y}\`}</p>`, ["Old", "New"]],
  [`<Banner text="The app stopped" kind="bad" />`, ["The app stopped"]],
  [`<p aria-label={\`Page \${n}\`}></p>`, ["Page"]],
  [`{#if x === "no app"}{/if}<b class={["p", { q: r }]}></b>`, ["no app"]],
  [script(`toast("It was added"); const key = "PageUp";`), ["It was added"]],
  [script("const said = `${n} of ${m} were added`;"), ["were added"]],
  [script(`import x from "a b"; throw new Error("never shown to anyone");`), []],
])("notices words: %s", (source, words) => {
  expect(wordsIn(source)).toEqual(words);
});

const elsewhere = Object.keys(sources).filter(
  (path) => !/^\.\/|\.test\.ts$|\/testing\/|\/backend\/types\.ts$/.test(path),
);

it.each(elsewhere.sort())("%s has its sentences from words/", (path) => {
  const source = sources[path] as string;
  expect(wordsIn(path.endsWith(".ts") ? script(source) : source)).toEqual([]);
});
