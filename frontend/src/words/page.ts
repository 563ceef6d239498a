// Fixed sentences of the page itself.

export const NO_APP = {
  title: "This page is the inside of the PiGrid app.",
  text: "Opened by itself it has no cameras to show. Start PiGrid on this computer instead.",
};

export const APP_SILENT = {
  title: "PiGrid is not answering.",
  text: "The window is open, but the part that talks to your cameras does not answer. Trying again. If this stays, close PiGrid and start it again.",
};

/** Where the packages of this build are served; "" when they are nowhere. */
declare const __SITE__: string;
const SITE = __SITE__;

/** Installs or upgrades the agent: on the Pi where there is a site, else in PiGrid's folder. */
export const agentCommand = (host = "raspberrypi.local", site = SITE) =>
  site === "" ? `make pi HOSTS='pi@${host}'` : `curl -fsSL ${site}/install.sh | sudo sh`;

/** Where that is to be typed. */
export const agentCommandWhere = (site = SITE) =>
  site === ""
    ? "Install the agent on each Raspberry Pi, from PiGrid's folder"
    : "Install the agent: on each Raspberry Pi, in a terminal";

export const PICTURES_STOPPED =
  "Pictures do not arrive from the app right now. Trying again; what you see may be old.";

export const NAME = "PiGrid";
export const CAMERAS = "Cameras";
export const RAW_CAUSE = "Raw cause";
export const NOT_LOOKING = "Not looking for new cameras";
export const TRAFFIC = "What all cameras together send to this computer";

export function pageOf(page: number, pages: number): string {
  return `Page ${page} of ${pages}`;
}

/** The page without cameras, in three steps. */
export const EMPTY = {
  install: agentCommandWhere(),
  network: "Is it on the same network?",
  networkText:
    "The Pi and this computer must be on one network. Guest Wi-Fi often keeps them apart.",
  search: "Still nothing? Look harder, or name it yourself",
  searchText:
    "Some networks do not carry the messages by which cameras make themselves known. PiGrid can ask every address near this computer, or go straight to one.",
};
