// The keys as the `?` overlay lists them: the caps as printed, and what they do.
export const KEY_WORDS = {
  move: { caps: ["←", "↑", "→", "↓"], does: "Select another camera" },
  solo: {
    caps: ["Enter", "F", "double-click"],
    does: "Show the selected camera alone, or show all",
  },
  back: { caps: ["Esc", "0"], does: "Show all cameras" },
  number: { caps: ["1 – 9"], does: "Show camera 1–9 alone" },
  page: { caps: ["PgUp", "PgDn"], does: "Previous or next page" },
  fullscreen: { caps: ["F11"], does: "Toggle full screen (Esc exits)" },
  freeze: { caps: ["Space"], does: "Freeze or resume this camera" },
  retry: { caps: ["R"], does: "Reconnect this camera now" },
  retryAll: { caps: ["Shift", "R"], does: "Reconnect all cameras now" },
  details: { caps: ["I"], does: "Details of this camera" },
  name: { caps: ["F2"], does: "Name this camera" },
  turn: { caps: ["[", "]"], does: "Rotate this camera's picture" },
  mirror: { caps: ["X"], does: "Mirror this camera's picture" },
  household: { caps: ["L"], does: "Household: who may watch" },
  add: { caps: ["Ctrl/Cmd", "N"], does: "Add a camera by address" },
  settings: { caps: ["Ctrl/Cmd", ","], does: "Settings" },
  keys: { caps: ["?"], does: "Keyboard shortcuts" },
};
