// Old TVs run this, too: no modules, and no newer words of the language.
"use strict";

// A QR code carries the view password behind the #, which reaches no log. It is sent
// as if it had been typed.
(function () {
  var key = /(?:^#|&)v=([^&]*)/.exec(location.hash);
  if (!key) return;
  history.replaceState(null, "", location.pathname + location.search);
  document.getElementById("password").value = decodeURIComponent(key[1]);
  document.querySelector("form").submit();
})();

// A large screen shows a code that a phone confirms. What the server says of it is part
// of a page, and is put into this one.
(function () {
  var place = document.getElementById("screen");
  var next = document.getElementById("next");
  var wide = !window.matchMedia || matchMedia("(min-width: 700px)").matches;
  var waits = place.getAttribute("data-state") === "waits";
  if (!waits && (!wide || location.hash.indexOf("v=") >= 0)) return;
  next = next ? next.value : "/";

  function ask(method) {
    var request = new XMLHttpRequest();
    request.open(method, "/login/screen");
    request.setRequestHeader("Accept", "text/html");
    request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.timeout = 10000;
    request.onreadystatechange = function () {
      var at = request.readyState === 2 && request.responseURL;
      if (!at || at.indexOf("/login/screen") > 0) return;
      request.onload = request.onerror = null;
      request.abort(); // it is logged in, and what it wants may be a stream
      location.replace(next);
    };
    request.onload = function () {
      var page = new DOMParser().parseFromString(request.responseText, "text/html");
      var part = page.getElementById("screen");
      if (!part && request.status === 200) location.replace(next); // it is logged in
      else if (part) show(part);
      else later("POST", 30000);
    };
    request.onerror = request.ontimeout = function () {
      later("GET", 5000);
    };
    request.send(method === "POST" ? "next=" + encodeURIComponent(next) : null);
  }

  function later(method, wait) {
    setTimeout(function () {
      if (document.hidden) later(method, wait);
      else ask(method);
    }, wait);
  }

  function show(part) {
    var state = part.getAttribute("data-state");
    if (state === "waits") {
      place.innerHTML = part.innerHTML;
      later("GET", 2000);
    } else if (part.querySelector(".problem")) {
      place.innerHTML = part.innerHTML;
      later("POST", 60000);
    } else later("POST", 0); // its time has passed
  }

  if (waits) later("GET", 2000);
  else ask("POST");
})();
