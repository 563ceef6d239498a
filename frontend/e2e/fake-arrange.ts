// What the Go side makes of the commands that arrange cameras.
import type { Call, State } from "../src/backend/types";

type Arrange = (state: State, call: Partial<Call>) => Partial<State>;

/** `all` with `key` before `before`, or last. */
function moved(all: readonly string[], key: string, before: string): string[] {
  const rest = all.filter((k) => k !== key);
  const at = rest.indexOf(before);
  rest.splice(at < 0 ? rest.length : at, 0, key);
  return rest;
}

export const ARRANGE: Record<string, Arrange> = {
  hide: ({ cameras }, { key, on = false }) => ({
    cameras: cameras.map((c) => (c.key === key ? { ...c, hidden: on } : c)),
  }),
  fill: ({ cameras }, { key, on = false }) => ({
    cameras: cameras.map((c) => (c.key === key ? { ...c, fill: on } : c)),
  }),
  move: ({ cameras, views }, { key = "", before = "", view = "" }) => {
    if (view !== "") {
      return {
        views: views.map((v) =>
          v.name === view ? { ...v, cameras: moved(v.cameras, key, before) } : v,
        ),
      };
    }
    const keys = cameras.map((c) => c.key);
    const order = moved(keys, key, before);
    return {
      cameras: [...cameras].sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key)),
    };
  },
  saveView: (state, { view = "", name = "", keys = [], layout = "" }) => {
    const saved = { name, cameras: keys, layout };
    if (view === "") return { views: [...state.views, saved] };
    return {
      views: state.views.map((v) => (v.name === view ? saved : v)),
      view: state.view === view ? name : state.view,
    };
  },
  removeView: (state, { view }) => ({
    views: state.views.filter((v) => v.name !== view),
    view: state.view === view ? "" : state.view,
  }),
  showView: (_, { view = "" }) => ({ view }),
  layout: ({ views }, { view = "", layout = "" }) =>
    view === ""
      ? { layout }
      : { views: views.map((v) => (v.name === view ? { ...v, layout } : v)) },
};
