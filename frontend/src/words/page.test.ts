import { describe, expect, it } from "vitest";

import { agentCommand, agentCommandWhere } from "./page";

describe("the command that installs an agent", () => {
  it("is make pi while the packages are nowhere", () => {
    expect(agentCommand()).toBe("make pi HOSTS='pi@raspberrypi.local'");
    expect(agentCommandWhere()).toContain("in PiGrid's folder");
  });

  it("is that of the site where there is one", () => {
    const site = "https://example.org/pigrid";
    const line = "curl -fsSL https://example.org/pigrid/install.sh | sudo sh";
    expect(agentCommand("pi.local", site)).toBe(line);
    expect(agentCommandWhere(site)).toContain("in a terminal on each Raspberry Pi");
  });
});
