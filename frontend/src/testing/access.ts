import type {
  Access,
  AccessResult,
  HomeAgent,
  Household,
  Lock,
  LockAgent,
  OpenAgent,
  Sheet,
  Watcher,
} from "../backend/types";

export const NO_ACCESS: Access = { households: [], open: [], new: [], strange: 0 };

export function openAgent(differences: Partial<OpenAgent> = {}): OpenAgent {
  return { id: "a1", name: "Porch", address: "192.168.1.40:8080", cameras: 1, ...differences };
}

export function homeAgent(differences: Partial<HomeAgent> = {}): HomeAgent {
  return {
    id: "a1",
    name: "Porch",
    address: "192.168.1.40:8080",
    access: "locked",
    online: true,
    waits: false,
    code: "",
    ...differences,
  };
}

/** A household with one Pi and one view password, with whatever a test needs to be different. */
export function household(differences: Partial<Household> = {}): Household {
  return {
    id: "h1",
    name: "Home",
    kept: "keychain",
    overruled: false,
    passwords: [{ name: "Phones and programs", until: 0, here: true }],
    agents: [homeAgent()],
    ...differences,
  };
}

export function lockAgent(differences: Partial<LockAgent> = {}): LockAgent {
  return {
    id: "a1",
    name: "Porch",
    address: "192.168.1.40:8080",
    step: "asking",
    claimUntil: 0,
    code: "",
    message: "",
    hint: "",
    ...differences,
  };
}

export function lock(agents: LockAgent[]): Lock {
  return { household: "h1", agents };
}

/** The household key of tests. */
export const KEY = "7K3QW-9XB2M-4TZ8H-VN6RC";
/** The view password of tests. */
export const PASSWORD = "8FJ2-WQ4X-K7ZN-5BRT";

export function sheet(differences: Partial<Sheet> = {}): Sheet {
  return {
    household: "h1",
    name: "Home",
    key: KEY,
    passwords: [{ name: "Phones and programs", until: 0, text: PASSWORD }],
    agents: [
      { name: "Garage", url: "http://garage.local:8080/" },
      { name: "Porch", url: "http://porch.local:8080/" },
    ],
    ...differences,
  };
}

export function watcher(differences: Partial<Watcher> = {}): Watcher {
  return {
    address: "192.168.1.5",
    program: "HomeAssistant/2026.11.1 aiohttp/3.13.0 Python/3.13",
    last: Date.now() - 60_000,
    self: false,
    here: false,
    ...differences,
  };
}

/** How a command about access ended: well, unless it says otherwise. */
export function accessResult(differences: Partial<AccessResult> = {}): AccessResult {
  return {
    ok: true,
    code: "",
    message: "",
    hint: "",
    detail: "",
    household: "",
    opened: [],
    watched: [],
    ...differences,
  };
}
