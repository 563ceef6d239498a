import { expectTypeOf, it } from "vitest";

import type { app } from "../../wailsjs/go/models";
import type { AddResult, Camera, Discovery, Search, State } from "./types";

// `npm run check` fails here when Go and the page name different fields.
it("has the fields that Go sends", () => {
  expectTypeOf<keyof Camera>().toEqualTypeOf<keyof app.Camera>();
  expectTypeOf<keyof Discovery>().toEqualTypeOf<keyof app.Discovery>();
  expectTypeOf<keyof Search>().toEqualTypeOf<keyof app.Search>();
  expectTypeOf<keyof AddResult>().toEqualTypeOf<keyof app.AddResult>();
  expectTypeOf<keyof State>().toEqualTypeOf<Exclude<keyof app.State, "convertValues">>();
});
