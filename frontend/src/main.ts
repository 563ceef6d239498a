// Everything is made and wired here; the parts know only what they are given.
import "./app.css";

import { mount } from "svelte";

import { offerToInstall } from "./backend/window";
import App from "./App.svelte";
import { wire } from "./wire.svelte";

offerToInstall();
mount(App, { target: document.getElementById("app") ?? document.body, props: wire() });
