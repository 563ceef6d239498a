// What the modifier keys are called on this computer's keyboard.

/** As tinykeys decides what `$mod` is. */
export function modifiers(platform: string) {
  const mac = /Mac|iPod|iPhone|iPad/.test(platform);
  return mac
    ? { mod: "⌘", shift: "⇧", alt: "⌥", plus: "" }
    : { mod: "Ctrl", shift: "Shift", alt: "Alt", plus: "+" };
}

const { mod, shift, alt, plus } = modifiers(
  typeof navigator === "object" ? navigator.platform : "",
);

export const MOD = mod;
export const SHIFT = shift;
export const ALT = alt;

/** "Ctrl+N", "⌘N" */
export const withMod = (key: string) => mod + plus + key;
/** "Shift+R", "⇧R" */
export const withShift = (key: string) => shift + plus + key;
