import { describe, expect, it } from "vitest";

import { search } from "../testing/camera";
import { searchWords } from "./search";

const one = { total: 254, networks: ["192.168.1.0/24"] };

describe("the search of whole networks", () => {
  it.each([
    [{}, ""],
    [
      { ...one, running: true, done: 96, found: 1, answered: 1 },
      "Searching 192.168.1.0/24: 96 of 254 addresses",
    ],
    [{ ...one, done: 254 }, "Nothing answered on 192.168.1.0/24."],
    [
      { ...one, done: 254, answered: 2 },
      "Nothing new on 192.168.1.0/24. PiGrid already shows every camera that answered.",
    ],
    [{ ...one, done: 254, found: 1, answered: 1 }, "Found 1 new camera on 192.168.1.0/24."],
    [{ ...one, done: 70, found: 2, stopped: true }, "Found 2 new cameras on 192.168.1.0/24."],
    [
      { ...one, done: 70, stopped: true, answered: 1 },
      "Stopped after 70 of 254 addresses on 192.168.1.0/24.",
    ],
    [
      { total: 508, done: 508, networks: ["192.168.1.0/24", "10.3.7.0/24"] },
      "Nothing answered on 192.168.1.0/24 and 10.3.7.0/24.",
    ],
    [
      { total: 762, done: 762, networks: ["192.168.1.0/24", "10.3.7.0/24", "10.3.8.0/24"] },
      "Nothing answered on 192.168.1.0/24, 10.3.7.0/24 and 10.3.8.0/24.",
    ],
    [{ total: 254, running: true }, "Searching this network: 0 of 254 addresses"],
    [{ problem: "no-network" }, "This computer is not on a network that PiGrid can search."],
    [
      { problem: "netlink: no permission" },
      "The network could not be searched: netlink: no permission",
    ],
  ])("%o", (differences, words) => {
    expect(searchWords(search(differences))).toBe(words);
  });
});
