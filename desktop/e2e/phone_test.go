//go:build linux

package e2e

import (
	"testing"
	"time"
)

// TestAPhoneLogsInATV: the TV shows a code, and shows the cameras once a browser that is
// logged in has confirmed it.
func TestAPhoneLogsInATV(t *testing.T) {
	s := startServe(t, startFleet(t, 1, 10))
	at := "http://127.0.0.1:" + s.port
	both := engines(t)
	tv, phone := both[0].open(t, at+"/"), both[1].open(t, at+"/?key="+s.password)
	var code string
	until(t, 20*time.Second, "the TV shows a code", func() bool {
		tv.run(t, `return document.querySelector(".qr svg") ? document.querySelector(".code").textContent : ""`, &code)
		return code != ""
	})
	phone.load(t, at+"/device?code="+code)
	phone.run(t, `document.querySelector("form button").click()`, nil)
	until(t, 20*time.Second, "the TV shows the camera", func() bool {
		var live int
		tv.run(t, `return document.querySelectorAll("li.tile.live").length`, &live)
		return live == 1
	})
}
