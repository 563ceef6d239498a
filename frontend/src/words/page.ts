// Fixed sentences of the page itself.

export const NO_APP = {
  title: "This page is the inside of the PiGrid app.",
  text: "Opened by itself it has no cameras to show. Start PiGrid on this computer instead.",
};

export const APP_SILENT = {
  title: "PiGrid is not answering.",
  text: "The window is open, but the part that talks to your cameras does not answer. Trying again. If this stays, close PiGrid and start it again.",
};

/** Installs or upgrades the agent, in the folder of PiGrid's sources. */
export const agentCommand = (host = "raspberrypi.local") => `make pi HOSTS='pi@${host}'`;

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
  install: "Install the agent on each Raspberry Pi, from PiGrid's folder",
  network: "Is it on the same network?",
  networkText:
    "The Pi and this computer must be on one network. Guest Wi-Fi often keeps them apart.",
  search: "Still nothing? Look harder, or name it yourself",
  searchText:
    "Some networks do not carry the messages by which cameras make themselves known. PiGrid can ask every address near this computer, or go straight to one.",
};
