// The keys as the `?` overlay lists them: the caps as printed, and what they do.
export const KEY_WORDS = {
  move: { caps: ["←", "↑", "→", "↓"], does: "Go to another camera" },
  solo: { caps: ["Enter", "F", "double-click"], does: "Show one camera alone, or all again" },
  back: { caps: ["Esc", "0"], does: "Back to all cameras" },
  number: { caps: ["1 – 9"], does: "Show this camera alone" },
  page: { caps: ["PgUp", "PgDn"], does: "Previous and next page" },
  fullscreen: { caps: ["F11"], does: "Fill the screen, or not any more (Esc, too)" },
  freeze: { caps: ["Space"], does: "Stop this camera's picture, or let it go on" },
  retry: { caps: ["R"], does: "Try this camera again now" },
  retryAll: { caps: ["Shift", "R"], does: "Try all cameras again now" },
  details: { caps: ["I"], does: "Details of this camera" },
  add: { caps: ["Ctrl/Cmd", "N"], does: "Add a camera by address" },
  keys: { caps: ["?"], does: "These keys" },
};
