// What the cameras of the tests see: drawn, but as a camera would show it, dark and bright,
// near and far, without a word in it. Each runs in a page, so it uses nothing
// from outside itself, and what several of them do is written in each.
import { attic } from "./scenes/attic";
import { bench } from "./scenes/bench";
import { garage } from "./scenes/garage";
import { garden } from "./scenes/garden";
import { hall } from "./scenes/hall";
import { nursery } from "./scenes/nursery";
import { porch } from "./scenes/porch";
import { printer } from "./scenes/printer";
import type { Scene } from "./scenes/scene";

/** By the name of the camera. */
export const SCENES: Record<string, Scene> = {
  Porch: porch,
  Garage: garage,
  Bench: bench,
  Garden: garden,
  Hall: hall,
  "3D printer": printer,
  Nursery: nursery,
  Attic: attic,
};
