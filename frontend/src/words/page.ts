// Fixed sentences of the page itself.

export const NO_APP = {
  title: "This page works only with PiGrid behind it.",
  text: "What answers here is another program. Start PiGrid on this computer, or open the address of pigrid-serve.",
};

export const APP_SILENT = {
  title: "PiGrid is not answering.",
  text: "The window is open, but the part of PiGrid that connects to your cameras does not answer. Retrying. If this continues, close PiGrid and start it again.",
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
    ? "Install the agent on each Raspberry Pi: run this in PiGrid's folder"
    : "Install the agent: run this in a terminal on each Raspberry Pi";

/** Before the command that updates an agent. */
export const updateAdvice = (site = SITE) =>
  site === ""
    ? "Update the agent. In PiGrid's folder:"
    : "Update the agent. In a terminal on the Pi:";

export const PICTURES_STOPPED =
  "The window receives no new pictures at the moment, so what you see may be old. Retrying.";

export const NAME = "PiGrid";
export const about = (version: string) => `${NAME} ${version}`;
export const NAME_OF_CAMERA = "Name";
export const CAMERAS = "Cameras";
export const RAW_CAUSE = "Technical details";
export const NOT_LOOKING = "Not looking for new cameras";
export const TRAFFIC = "Data received from all cameras together";

export function pageOf(page: number, pages: number): string {
  return `Page ${page} of ${pages}`;
}

/** Where there is little room. */
export const pageShort = (page: number, pages: number) => `${page}/${pages}`;

/** The page without cameras, in three steps. */
export const EMPTY = {
  install: agentCommandWhere(),
  network: "Is it on the same network?",
  networkText:
    "The Pi and this computer must be on the same network. Guest Wi-Fi often keeps devices apart.",
  search: "Still nothing? Search the network, or add the camera by its address",
  searchText:
    "Some networks block the messages that cameras announce themselves with (mDNS). PiGrid can try every address on this network instead, or connect to one that you type.",
  elsewhere: "Still nothing? Add the camera by its address",
  elsewhereText: "On the computer where PiGrid runs, type `pigrid-serve add ADDRESS`.",
};
