import { readdirSync } from "node:fs";

import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

/**
 * The rooms of src: what each may import of others, and why no more. Files in src itself
 * join the rooms and may import all of them. docs/ARCHITECTURE.md draws the direction.
 */
const ROOMS = {
  backend: {
    may: [],
    why: "what Go says stands below everything; only this room knows the window",
  },
  cameras: {
    may: ["backend/types"],
    why: "what follows from a camera's state needs no words and no screen",
  },
  layout: { may: [], why: "where tiles go is pure: sizes in, rectangles out" },
  frames: {
    may: ["backend/answer", "backend/types"],
    why: "pictures are loaded as Go says that they are new, whatever shows them",
  },
  words: {
    may: ["backend/types", "cameras/"],
    why: "sentences are functions of what is so, not of what is on the screen",
  },
  keys: {
    may: ["cameras/", "layout/", "words/"],
    why: "keys and entries of a menu call Actions and do not know who acts",
  },
  view: {
    may: ["backend/", "cameras/", "layout/", "frames/"],
    why: "what is looked at is derived and tested without tiles and without words",
  },
  ui: {
    may: ["backend/", "cameras/", "frames/", "view/", "words/"],
    why: "header and dialogs do not know how the tiles are laid out",
  },
  access: {
    may: ["backend/", "cameras/", "view/", "words/", "ui/"],
    why: "its dialogs stand on those of ui and know no tiles",
  },
  grid: {
    may: ["cameras/", "keys/actions", "layout/", "frames/", "view/", "words/", "ui/"],
    why: "tiles act through the viewer, not on Go",
  },
  settings: {
    may: ["backend/", "cameras/", "view/", "words/", "ui/"],
    why: "its tabs stand on dialogs of ui and know no tiles",
  },
  testing: { may: ["backend/types"], why: "its cameras stand in for what Go says" },
};

function wall(room, tests = false) {
  if (!ROOMS[room]) throw new Error(`src/${room} needs a line in ROOMS of eslint.config.js`);
  const { may, why } = ROOMS[room];
  const others = [...may, tests ? "testing/" : "$"].join("|");
  const pattern = { regex: `^\\.\\./(?!${others})`, message: `${room}: ${why}.` };
  return {
    files: [tests ? `src/${room}/**/*.test.ts` : `src/${room}/**`],
    rules: { "no-restricted-imports": ["error", { patterns: [pattern] }] },
  };
}

const walls = readdirSync(new URL("src", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => [wall(name), wall(name, true)]);

export default ts.config(
  { ignores: ["dist/", "test-results/"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      // TypeScript itself knows which names exist.
      "no-undef": "off",
      eqeqeq: "error",
      // Numbers read well inside sentences.
      "@typescript-eslint/restrict-template-expressions": "off",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    // Plain Maps here are memory that nothing on screen depends on, on purpose.
    files: ["**/*.svelte.ts"],
    rules: { "svelte/prefer-svelte-reactivity": "off" },
  },
  ...walls,
  {
    files: ["e2e/**", "*.config.*"],
    languageOptions: { globals: { ...globals.node } },
  },
);
