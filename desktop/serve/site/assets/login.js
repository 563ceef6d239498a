// A QR code carries the view password behind the #, which reaches no log. It is sent
// as if it had been typed.
"use strict";

const key = new URLSearchParams(location.hash.slice(1)).get("v");
if (key) {
  history.replaceState(null, "", location.pathname + location.search);
  document.getElementById("password").value = key;
  document.querySelector("form").requestSubmit();
}
